"""Local practices, one folder each; they stand on the core and never see each other."""
