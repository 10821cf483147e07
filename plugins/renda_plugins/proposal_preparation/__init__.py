"""察、调、提、改: not written yet.

Source: 咸宁 (article 003).
"""
