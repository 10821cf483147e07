"""四方联动: not written yet.

Source: 龙山 (article 002).
"""
