"""赶集日接待: Reception on market days."""
