"""Assets may move to another space: what a space counts goes with them."""

from alembic import op

revision = "0004"
down_revision = "0003"

_COUNTS_OF_DAYS = """
CREATE OR REPLACE FUNCTION gallery_assets_updated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO day_counts AS d (space_id, day, images, videos)
    SELECT space_id, day, sum(images), sum(videos) FROM (
        SELECT space_id, taken_at::date AS day, (kind = 'image')::int AS images, (kind = 'video')::int AS videos
        FROM after WHERE listed
        UNION ALL
        SELECT space_id, taken_at::date, -(kind = 'image')::int, -(kind = 'video')::int FROM before WHERE listed
    ) moved GROUP BY 1, 2 HAVING sum(images) <> 0 OR sum(videos) <> 0 ORDER BY 1, 2
    ON CONFLICT (space_id, day) DO UPDATE
        SET images = d.images + excluded.images, videos = d.videos + excluded.videos;
"""
_MOVES = """
    IF EXISTS (SELECT FROM after a JOIN before b USING (id) WHERE a.blob_id <> b.blob_id) THEN
        RAISE EXCEPTION 'an asset keeps its blob';
    END IF;
    IF EXISTS (SELECT FROM after a JOIN before b USING (id) WHERE a.space_id <> b.space_id) THEN
        UPDATE spaces s SET used_bytes = s.used_bytes + n.size, asset_count = s.asset_count + n.assets
        FROM (SELECT m.space_id, sum(m.sign * b.bytes) AS size, sum(m.sign) AS assets
              FROM (SELECT a.space_id, a.blob_id, 1 AS sign FROM after a JOIN before o USING (id)
                    WHERE a.space_id <> o.space_id
                    UNION ALL
                    SELECT o.space_id, o.blob_id, -1 FROM after a JOIN before o USING (id)
                    WHERE a.space_id <> o.space_id) m
              JOIN blobs b ON b.id = m.blob_id GROUP BY m.space_id) n
        WHERE s.id = n.space_id;
    END IF;
    RETURN NULL;
END $$
"""
_NO_MOVES = """
    IF EXISTS (SELECT FROM after a JOIN before b USING (id)
               WHERE a.space_id <> b.space_id OR a.blob_id <> b.blob_id) THEN
        RAISE EXCEPTION 'an asset keeps its space and its blob';
    END IF;
    RETURN NULL;
END $$
"""


def upgrade() -> None:
    op.execute(_COUNTS_OF_DAYS + _MOVES)


def downgrade() -> None:
    op.execute(_COUNTS_OF_DAYS + _NO_MOVES)
