"""The spine: accounts, spaces, assets, uploads, and the job engine's tables.

Counting is done by triggers over whole statements, so that trashing a thousand photos writes each day's count once:
`day_counts` is the timeline's skeleton, `spaces.used_bytes` and `asset_count` are what a quota compares with.
"""

import sqlalchemy as sa
from alembic import op
from procrastinate.schema import SchemaManager
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None

COUNTING = """
CREATE FUNCTION gallery_assets_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO day_counts AS d (space_id, day, images, videos)
    SELECT space_id, taken_at::date, count(*) FILTER (WHERE kind = 'image'), count(*) FILTER (WHERE kind = 'video')
    FROM added WHERE listed GROUP BY 1, 2 ORDER BY 1, 2
    ON CONFLICT (space_id, day) DO UPDATE
        SET images = d.images + excluded.images, videos = d.videos + excluded.videos;
    UPDATE spaces s SET used_bytes = s.used_bytes + n.size, asset_count = s.asset_count + n.assets
    FROM (SELECT a.space_id, sum(b.bytes) AS size, count(*) AS assets
          FROM added a JOIN blobs b ON b.id = a.blob_id GROUP BY a.space_id) n
    WHERE s.id = n.space_id;
    RETURN NULL;
END $$;

CREATE FUNCTION gallery_assets_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE day_counts d SET images = d.images - n.images, videos = d.videos - n.videos
    FROM (SELECT space_id, taken_at::date AS day, count(*) FILTER (WHERE kind = 'image') AS images,
                 count(*) FILTER (WHERE kind = 'video') AS videos
          FROM gone WHERE listed GROUP BY 1, 2) n
    WHERE d.space_id = n.space_id AND d.day = n.day;
    UPDATE spaces s SET used_bytes = s.used_bytes - n.size, asset_count = s.asset_count - n.assets
    FROM (SELECT a.space_id, sum(b.bytes) AS size, count(*) AS assets
          FROM gone a JOIN blobs b ON b.id = a.blob_id GROUP BY a.space_id) n
    WHERE s.id = n.space_id;
    RETURN NULL;
END $$;

CREATE FUNCTION gallery_assets_updated() RETURNS trigger LANGUAGE plpgsql AS $$
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
    IF EXISTS (SELECT FROM after a JOIN before b USING (id)
               WHERE a.space_id <> b.space_id OR a.blob_id <> b.blob_id) THEN
        RAISE EXCEPTION 'an asset keeps its space and its blob';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER assets_inserted AFTER INSERT ON assets REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION gallery_assets_inserted();
CREATE TRIGGER assets_deleted AFTER DELETE ON assets REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION gallery_assets_deleted();
CREATE TRIGGER assets_updated AFTER UPDATE ON assets REFERENCING OLD TABLE AS before NEW TABLE AS after
    FOR EACH STATEMENT EXECUTE FUNCTION gallery_assets_updated();
"""


def upgrade() -> None:
    op.create_table(
        "attempts",
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("window_start", sa.DateTime(timezone=True), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key", "window_start", name="pk_attempts"),
    )
    op.create_index("ix_attempts_window_start", "attempts", ["window_start"], unique=False)
    op.create_table(
        "blobs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("mime", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="processing", nullable=False),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.Column("damaged", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("recipe", sa.Text(), nullable=True),
        sa.Column("attempts", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("duration", sa.Double(), nullable=True),
        sa.Column("thumbhash", sa.LargeBinary(), nullable=True),
        sa.Column("phash", sa.BigInteger(), nullable=True),
        sa.Column("colour", sa.Text(), nullable=True),
        sa.Column("taken_at", sa.DateTime(), nullable=True),
        sa.Column("taken_source", sa.Text(), nullable=True),
        sa.Column("utc_offset", sa.SmallInteger(), nullable=True),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("altitude", sa.Double(), nullable=True),
        sa.Column("camera", sa.Text(), nullable=True),
        sa.Column("lens", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("rating", sa.SmallInteger(), nullable=True),
        sa.Column("content_id", sa.Text(), nullable=True),
        sa.Column(
            "exif",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("processed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('image', 'video', 'sidecar')", name=op.f("ck_blobs_kind")),
        sa.CheckConstraint("state IN ('processing', 'ready', 'failed')", name=op.f("ck_blobs_state")),
        sa.CheckConstraint("bytes > 0", name=op.f("ck_blobs_bytes")),
        sa.PrimaryKeyConstraint("id", name="pk_blobs"),
        sa.UniqueConstraint("sha256", name="uq_blobs_sha256"),
    )
    op.create_index(
        "ix_blobs_content_id",
        "blobs",
        ["content_id"],
        unique=False,
        postgresql_where=sa.text("content_id IS NOT NULL"),
    )
    op.create_index(
        "ix_blobs_failed",
        "blobs",
        ["processed_at"],
        unique=False,
        postgresql_where=sa.text("state = 'failed'"),
    )
    op.create_index("ix_blobs_recipe", "blobs", ["recipe"], unique=False)
    op.create_index(
        "ix_blobs_unfinished",
        "blobs",
        ["created_at"],
        unique=False,
        postgresql_where=sa.text("state = 'processing'"),
    )
    op.create_table(
        "installation",
        sa.Column("singleton", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("volume_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("singleton", name=op.f("ck_installation_singleton")),
        sa.PrimaryKeyConstraint("singleton", name="pk_installation"),
    )
    op.create_table(
        "setup_links",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_setup_links"),
    )
    op.create_table(
        "users",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("login", sa.Text(), nullable=True),
        sa.Column("login_key", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=True),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("is_operator", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("locale IN ('ru', 'en')", name=op.f("ck_users_locale")),
        sa.CheckConstraint("(login IS NULL) = (login_key IS NULL)", name=op.f("ck_users_login")),
        sa.PrimaryKeyConstraint("id", name="pk_users"),
        sa.UniqueConstraint("login_key", name="uq_users_login_key"),
    )
    op.create_table(
        "identities",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_identities_user_id_users", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_identities"),
        sa.UniqueConstraint("provider", "subject", name="uq_identities_provider_subject"),
    )
    op.create_index("ix_identities_user_id", "identities", ["user_id"], unique=False)
    op.create_table(
        "sessions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("user_agent", sa.Text(), nullable=False),
        sa.Column("refresh_hash", sa.LargeBinary(), nullable=False),
        sa.Column("previous_hash", sa.LargeBinary(), nullable=True),
        sa.Column("rotated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_because", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_sessions_user_id_users", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_sessions"),
    )
    op.create_index("ix_sessions_user_id", "sessions", ["user_id"], unique=False)
    op.create_table(
        "spaces",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("personal_user_id", sa.Uuid(), nullable=True),
        sa.Column("quota_bytes", sa.BigInteger(), nullable=True),
        sa.Column("used_bytes", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("asset_count", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("(kind = 'personal') = (personal_user_id IS NOT NULL)", name=op.f("ck_spaces_personal")),
        sa.CheckConstraint("kind IN ('personal', 'group')", name=op.f("ck_spaces_kind")),
        sa.CheckConstraint("quota_bytes >= 0", name=op.f("ck_spaces_quota")),
        sa.ForeignKeyConstraint(
            ["personal_user_id"], ["users.id"], name="fk_spaces_personal_user_id_users", ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_spaces"),
        sa.UniqueConstraint("personal_user_id", name="uq_spaces_personal_user_id"),
    )
    op.create_table(
        "activity",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("space_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("verb", sa.Text(), nullable=False),
        sa.Column("asset_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column(
            "details",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["space_id"], ["spaces.id"], name="fk_activity_space_id_spaces", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_activity_user_id_users", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_activity"),
    )
    op.create_index("ix_activity_space_id_id", "activity", ["space_id", "id"], unique=False)
    op.create_table(
        "assets",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("space_id", sa.Uuid(), nullable=False),
        sa.Column("blob_id", sa.Uuid(), nullable=False),
        sa.Column("contributor_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("file_time", sa.DateTime(), nullable=True),
        sa.Column("taken_at", sa.DateTime(), nullable=False),
        sa.Column("taken_source", sa.Text(), nullable=False),
        sa.Column("utc_offset", sa.SmallInteger(), nullable=True),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("altitude", sa.Double(), nullable=True),
        sa.Column("place_edited", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("title", sa.Text(), server_default="", nullable=False),
        sa.Column("description", sa.Text(), server_default="", nullable=False),
        sa.Column("rating", sa.SmallInteger(), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("trashed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("live_of", sa.Uuid(), nullable=True),
        sa.Column("sidecar_of", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column(
            "listed",
            sa.Boolean(),
            sa.Computed(
                "trashed_at IS NULL AND archived_at IS NULL AND kind <> 'sidecar' AND live_of IS NULL",
                persisted=True,
            ),
            nullable=False,
        ),
        sa.CheckConstraint("kind IN ('image', 'video', 'sidecar')", name=op.f("ck_assets_kind")),
        sa.CheckConstraint("(latitude IS NULL) = (longitude IS NULL)", name=op.f("ck_assets_whole_position")),
        sa.CheckConstraint("latitude BETWEEN -90 AND 90", name=op.f("ck_assets_latitude")),
        sa.CheckConstraint("longitude BETWEEN -180 AND 180", name=op.f("ck_assets_longitude")),
        sa.CheckConstraint("rating BETWEEN 0 AND 5", name=op.f("ck_assets_rating")),
        sa.ForeignKeyConstraint(["blob_id"], ["blobs.id"], name="fk_assets_blob_id_blobs", ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["contributor_id"], ["users.id"], name="fk_assets_contributor_id_users", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["live_of"], ["assets.id"], name="fk_assets_live_of_assets", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["sidecar_of"], ["assets.id"], name="fk_assets_sidecar_of_assets", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["space_id"], ["spaces.id"], name="fk_assets_space_id_spaces", ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name="pk_assets"),
        sa.UniqueConstraint("space_id", "blob_id", name="uq_assets_space_id_blob_id"),
    )
    op.create_index(
        "ix_assets_archive",
        "assets",
        ["space_id", sa.literal_column("taken_at DESC"), sa.literal_column("id DESC")],
        unique=False,
        postgresql_where=sa.text("archived_at IS NOT NULL AND trashed_at IS NULL"),
    )
    op.create_index("ix_assets_blob_id", "assets", ["blob_id"], unique=False)
    op.create_index("ix_assets_contributor_id", "assets", ["contributor_id"], unique=False)
    op.create_index("ix_assets_file_name", "assets", ["space_id", sa.literal_column("lower(file_name)")], unique=False)
    op.create_index(
        "ix_assets_live_of",
        "assets",
        ["live_of"],
        unique=False,
        postgresql_where=sa.text("live_of IS NOT NULL"),
    )
    op.create_index(
        "ix_assets_sidecar_of",
        "assets",
        ["sidecar_of"],
        unique=False,
        postgresql_where=sa.text("sidecar_of IS NOT NULL"),
    )
    op.create_index(
        "ix_assets_timeline",
        "assets",
        ["space_id", sa.literal_column("taken_at DESC"), sa.literal_column("id DESC")],
        unique=False,
        postgresql_include=["blob_id"],
        postgresql_where=sa.text("listed"),
    )
    op.create_index(
        "ix_assets_timeline_kind",
        "assets",
        ["space_id", "kind", sa.literal_column("taken_at DESC"), sa.literal_column("id DESC")],
        unique=False,
        postgresql_include=["blob_id"],
        postgresql_where=sa.text("listed"),
    )
    op.create_index(
        "ix_assets_trash",
        "assets",
        ["space_id", sa.literal_column("taken_at DESC"), sa.literal_column("id DESC")],
        unique=False,
        postgresql_where=sa.text("trashed_at IS NOT NULL"),
    )
    op.create_index(
        "ix_assets_trashed_at",
        "assets",
        ["trashed_at"],
        unique=False,
        postgresql_where=sa.text("trashed_at IS NOT NULL"),
    )
    op.create_table(
        "day_counts",
        sa.Column("space_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("images", sa.Integer(), server_default="0", nullable=False),
        sa.Column("videos", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["space_id"], ["spaces.id"], name="fk_day_counts_space_id_spaces", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("space_id", "day", name="pk_day_counts"),
    )
    op.create_table(
        "invitations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("space_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("invited_by", sa.Uuid(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("max_uses", sa.Integer(), nullable=True),
        sa.Column("uses", sa.Integer(), server_default="0", nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("role IN ('manager', 'contributor', 'viewer')", name=op.f("ck_invitations_role")),
        sa.ForeignKeyConstraint(
            ["invited_by"], ["users.id"], name="fk_invitations_invited_by_users", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["space_id"], ["spaces.id"], name="fk_invitations_space_id_spaces", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_invitations"),
        sa.UniqueConstraint("digest", name="uq_invitations_digest"),
    )
    op.create_index("ix_invitations_space_id", "invitations", ["space_id"], unique=False)
    op.create_table(
        "max_launches",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.id"], name="fk_max_launches_session_id_sessions", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("digest", name="pk_max_launches"),
    )
    op.create_index("ix_max_launches_created_at", "max_launches", ["created_at"], unique=False)
    op.create_index("ix_max_launches_session_id", "max_launches", ["session_id"], unique=False)
    op.create_table(
        "memberships",
        sa.Column("space_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("role IN ('owner', 'manager', 'contributor', 'viewer')", name=op.f("ck_memberships_role")),
        sa.ForeignKeyConstraint(["space_id"], ["spaces.id"], name="fk_memberships_space_id_spaces", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_memberships_user_id_users", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("space_id", "user_id", name="pk_memberships"),
    )
    op.create_index("ix_memberships_user_id", "memberships", ["user_id"], unique=False)
    op.create_table(
        "tombstones",
        sa.Column("space_id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["space_id"], ["spaces.id"], name="fk_tombstones_space_id_spaces", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("space_id", "sha256", name="pk_tombstones"),
    )
    op.create_table(
        "favourites",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("asset_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["asset_id"], ["assets.id"], name="fk_favourites_asset_id_assets", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_favourites_user_id_users", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "asset_id", name="pk_favourites"),
    )
    op.create_index("ix_favourites_asset_id", "favourites", ["asset_id"], unique=False)
    op.create_table(
        "uploads",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("space_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("length", sa.BigInteger(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("file_time", sa.DateTime(), nullable=True),
        sa.Column("sha256", sa.LargeBinary(), nullable=True),
        sa.Column("revive", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asset_id", sa.Uuid(), nullable=True),
        sa.Column("duplicate", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("length > 0", name=op.f("ck_uploads_length")),
        sa.ForeignKeyConstraint(["asset_id"], ["assets.id"], name="fk_uploads_asset_id_assets", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["space_id"], ["spaces.id"], name="fk_uploads_space_id_spaces", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_uploads_user_id_users", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_uploads"),
    )
    op.create_index("ix_uploads_asset_id", "uploads", ["asset_id"], unique=False)
    op.create_index("ix_uploads_expires_at", "uploads", ["expires_at"], unique=False)
    op.create_index("ix_uploads_space_id", "uploads", ["space_id"], unique=False)
    op.create_index("ix_uploads_user_id", "uploads", ["user_id"], unique=False)
    # Without parameters the driver sends a text as it is: many statements, per cent signs and all.
    connection = op.get_bind().connection.driver_connection
    connection.execute(COUNTING)
    connection.execute(SchemaManager.get_schema())


def downgrade() -> None:
    """There is nothing before this: the way back from the first schema is an empty database."""
    op.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
