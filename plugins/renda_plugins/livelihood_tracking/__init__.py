"""民生实事项目跟踪监督: progress, money, quality and opinions by quarter, and the grading at the year's end.

Source: articles 001 and 004; 镇海 for the grading.
"""
