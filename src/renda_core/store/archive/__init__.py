"""A whole tenant as rows that are the same from either back end, and as one file: the archive (归档).

The file is a zip whose members are stored and not compressed, so that nothing small can unfold into something large:

- ``tables/NAME.jsonl``: the rows of a table in the order of its key, one JSON array a line, without the tenant's id;
- ``objects/DIGEST``: the contents of files, as they lie in the store of files;
- ``manifest.json``: whose it is, made when and by whom, from which revision of the tables, and of every member its
  size and SHA-256.

Sealed values stay sealed in it: without the key it shows no phone or ID number, and it never holds the key.
"""
