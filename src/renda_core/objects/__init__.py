"""The store of files (文件存储): bytes under a tenant's own names, in a folder of this machine or in any S3.

What lies there is sealed before it comes here: whoever keeps the store reads nothing, and learns from a name no more
than whose it is. The library behind it is part of ``renda[server]``.
"""

from renda_core.objects.places import Place, place
from renda_core.objects.port import Held, Objects, Totals, objects_of

__all__ = ["Held", "Objects", "Place", "Totals", "objects_of", "place"]
