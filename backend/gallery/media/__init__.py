"""Pixels and metadata: what a file is, what it says about itself, and the small pictures made of it.

Nothing here knows of spaces, people or the database. The face for the rest of the gallery:

- `sniff.sniff` says what some bytes are, by content alone;
- `dates.from_file_name` reads a moment out of a file's name;
- `toolbox.Toolbox` examines one file: facts and derivatives, in limited child processes;
- `recipe` names the derivatives and their versions;
- `demo.demo_photos` makes photos of our own for a first look and for measurements.

`derive`, `forkserver` and `demo_render` import decoders and run only in processes of their own.
"""
