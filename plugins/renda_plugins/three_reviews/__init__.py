"""三审: not written yet.

Source: 龙山 (article 002).
"""
