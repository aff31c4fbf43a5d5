"""Part of the image's build: HEIC still decodes after the encoder's library was replaced by a stub."""

import base64
import io

import pillow_heif

# 64x64 pixels of one colour, made by this project's own encoder run.
SAMPLE = """
AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAVZtZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAA
ACJpbG9jAAAAAERAAAEAAQAAAAABegABAAAAAAAAABwAAAAjaWluZgAAAAAAAQAAABVpbmZlAgAAAAABAABodmMxAAAAAA5waXRt
AAAAAAABAAAA1mlwcnAAAAC3aXBjbwAAAHhodmNDAQNwAAAAkAAAAAAAHvAA/P34+AAADwNgAAEAGEABDAH//wNwAAADAJAAAAMA
AAMAHroCQGEAAQArQgEBA3AAAAMAkAAAAwAAAwAeoCCBBZbqSSmubgIaDAgAAAMAyAAAAwAIQGIAAQAHRAHBcrAiQAAAABNjb2xy
bmNseAABAA0ABoAAAAAUaXNwZQAAAAAAAABAAAAAQAAAABBwaXhpAAAAAAMICAgAAAAXaXBtYQAAAAAAAAABAAEEgQIDBAAAACRt
ZGF0AAAAGCgBrxOA5TPAn/+6qP/6sc8PocgrVD1PgA==
"""

image = pillow_heif.open_heif(io.BytesIO(base64.b64decode(SAMPLE)))
assert image.size == (64, 64), image.size
assert len(bytes(image.data)) >= 64 * 64 * 3
