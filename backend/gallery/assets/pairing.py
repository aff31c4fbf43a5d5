"""Putting together what comes as several files: a live photo's two halves, an original and its sidecar.

Both halves find each other whichever comes first, as soon as the facts of the second are known; in each space anew.
"""

from pathlib import PurePath

from gallery.assets import queries
from gallery.infra.db import Session
from gallery.infra.events import announce_assets
from gallery.media.sniff import MediaKind
from gallery.models import Asset, Blob


async def pair(session: Session, asset: Asset, blob: Blob) -> None:
    """Looks for what belongs to an asset whose blob has been examined."""
    if blob.kind == MediaKind.SIDECAR:
        await _pair_sidecar(session, asset)
        return
    for sidecar in await queries.waiting_sidecars(session, asset, _sidecar_names(asset.file_name)):
        sidecar.sidecar_of = asset.id
    if blob.content_id is None:
        return
    other = MediaKind.VIDEO if blob.kind == MediaKind.IMAGE else MediaKind.IMAGE
    partner = await queries.live_partner(session, asset, blob.content_id, other)
    if partner is None:
        return
    still, clip = (asset, partner) if blob.kind == MediaKind.IMAGE else (partner, asset)
    clip.live_of = still.id
    await announce_assets(session, asset.space_id, "changed", [still.id, clip.id])


async def _pair_sidecar(session: Session, sidecar: Asset) -> None:
    """`name.ext.xmp` belongs to `name.ext`; `name.xmp` to whatever is called `name`."""
    stem = PurePath(sidecar.file_name).stem
    original = await queries.asset_by_file_name(session, sidecar.space_id, [stem], but_kind=MediaKind.SIDECAR)
    if original is None:
        original = await queries.asset_by_stem(session, sidecar.space_id, stem)
    if original is not None:
        sidecar.sidecar_of = original.id


def _sidecar_names(file_name: str) -> list[str]:
    return [f"{file_name}.xmp", f"{PurePath(file_name).stem}.xmp"]
