-- The complete schema of Max Photo Gallery, for an empty database. Made by `make schema` from the migrations: do not
-- edit. An existing database is brought here by `gallery migrate`, which the backend also does when it starts.
SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

CREATE TYPE public.procrastinate_job_event_type AS ENUM (
    'deferred',
    'started',
    'deferred_for_retry',
    'failed',
    'succeeded',
    'cancelled',
    'abort_requested',
    'aborted',
    'scheduled',
    'retried'
);

CREATE TYPE public.procrastinate_job_status AS ENUM (
    'todo',
    'doing',
    'succeeded',
    'failed',
    'cancelled',
    'aborting',
    'aborted'
);

CREATE TYPE public.procrastinate_job_to_defer_v1 AS (
	queue_name character varying,
	task_name character varying,
	priority integer,
	lock text,
	queueing_lock text,
	args jsonb,
	scheduled_at timestamp with time zone
);

CREATE FUNCTION public.gallery_assets_deleted() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
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

CREATE FUNCTION public.gallery_assets_inserted() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
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

CREATE FUNCTION public.gallery_assets_updated() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
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
END $$;

CREATE FUNCTION public.procrastinate_cancel_job_v1(job_id bigint, abort boolean, delete_job boolean) RETURNS bigint
    LANGUAGE plpgsql
    AS $$
DECLARE
    _job_id bigint;
BEGIN
    IF delete_job THEN
        DELETE FROM procrastinate_jobs
        WHERE id = job_id AND status = 'todo'
        RETURNING id INTO _job_id;
    END IF;
    IF _job_id IS NULL THEN
        IF abort THEN
            UPDATE procrastinate_jobs
            SET abort_requested = true,
                status = CASE status
                    WHEN 'todo' THEN 'cancelled'::procrastinate_job_status ELSE status
                END
            WHERE id = job_id AND status IN ('todo', 'doing')
            RETURNING id INTO _job_id;
        ELSE
            UPDATE procrastinate_jobs
            SET status = 'cancelled'::procrastinate_job_status
            WHERE id = job_id AND status = 'todo'
            RETURNING id INTO _job_id;
        END IF;
    END IF;
    RETURN _job_id;
END;
$$;

CREATE FUNCTION public.procrastinate_defer_jobs_v1(jobs public.procrastinate_job_to_defer_v1[]) RETURNS bigint[]
    LANGUAGE plpgsql
    AS $$
DECLARE
    job_ids bigint[];
BEGIN
    WITH inserted_jobs AS (
        INSERT INTO procrastinate_jobs (queue_name, task_name, priority, lock, queueing_lock, args, scheduled_at)
        SELECT (job).queue_name,
               (job).task_name,
               (job).priority,
               (job).lock,
               (job).queueing_lock,
               (job).args,
               (job).scheduled_at
        FROM unnest(jobs) AS job
        RETURNING id
    )
    SELECT array_agg(id) FROM inserted_jobs INTO job_ids;

    RETURN job_ids;
END;
$$;

CREATE FUNCTION public.procrastinate_defer_periodic_job_v2(_queue_name character varying, _lock character varying, _queueing_lock character varying, _task_name character varying, _priority integer, _periodic_id character varying, _defer_timestamp bigint, _args jsonb) RETURNS bigint
    LANGUAGE plpgsql
    AS $$
DECLARE
	_job_id bigint;
	_defer_id bigint;
BEGIN
    INSERT
        INTO procrastinate_periodic_defers (task_name, periodic_id, defer_timestamp)
        VALUES (_task_name, _periodic_id, _defer_timestamp)
        ON CONFLICT DO NOTHING
        RETURNING id into _defer_id;

    IF _defer_id IS NULL THEN
        RETURN NULL;
    END IF;

    UPDATE procrastinate_periodic_defers
        SET job_id = (
            SELECT COALESCE((
                SELECT unnest(procrastinate_defer_jobs_v1(
                    ARRAY[
                        ROW(
                            _queue_name,
                            _task_name,
                            _priority,
                            _lock,
                            _queueing_lock,
                            _args,
                            NULL::timestamptz
                        )
                    ]::procrastinate_job_to_defer_v1[]
                ))
            ), NULL)
        )
        WHERE id = _defer_id
        RETURNING job_id INTO _job_id;

    DELETE
        FROM procrastinate_periodic_defers
        USING (
            SELECT id
            FROM procrastinate_periodic_defers
            WHERE procrastinate_periodic_defers.task_name = _task_name
            AND procrastinate_periodic_defers.periodic_id = _periodic_id
            AND procrastinate_periodic_defers.defer_timestamp < _defer_timestamp
            ORDER BY id
            FOR UPDATE
        ) to_delete
        WHERE procrastinate_periodic_defers.id = to_delete.id;

    RETURN _job_id;
END;
$$;

SET default_tablespace = '';

SET default_table_access_method = heap;

CREATE TABLE public.procrastinate_jobs (
    id bigint NOT NULL,
    queue_name character varying(128) NOT NULL,
    task_name character varying(128) NOT NULL,
    priority integer DEFAULT 0 NOT NULL,
    lock text,
    queueing_lock text,
    args jsonb DEFAULT '{}'::jsonb NOT NULL,
    status public.procrastinate_job_status DEFAULT 'todo'::public.procrastinate_job_status NOT NULL,
    scheduled_at timestamp with time zone,
    attempts integer DEFAULT 0 NOT NULL,
    abort_requested boolean DEFAULT false NOT NULL,
    worker_id bigint,
    CONSTRAINT check_not_todo_abort_requested CHECK ((NOT ((status = 'todo'::public.procrastinate_job_status) AND (abort_requested = true))))
);

CREATE FUNCTION public.procrastinate_fetch_job_v2(target_queue_names character varying[], p_worker_id bigint) RETURNS public.procrastinate_jobs
    LANGUAGE plpgsql
    AS $$
DECLARE
	found_jobs procrastinate_jobs;
BEGIN
    WITH candidate AS (
        SELECT jobs.*
            FROM procrastinate_jobs AS jobs
            WHERE
                -- reject the job if its lock has earlier or higher priority jobs
                NOT EXISTS (
                    SELECT 1
                        FROM procrastinate_jobs AS other_jobs
                        WHERE
                            jobs.lock IS NOT NULL
                            AND other_jobs.lock = jobs.lock
                            AND (
                                -- job with same lock is already running
                                other_jobs.status = 'doing'
                                OR
                                -- job with same lock is waiting and has higher priority (or same priority but was queued first)
                                (
                                    other_jobs.status = 'todo'
                                    AND (
                                        other_jobs.priority > jobs.priority
                                        OR (
                                        other_jobs.priority = jobs.priority
                                        AND other_jobs.id < jobs.id
                                        )
                                    )
                                )
                            )
                )
                AND jobs.status = 'todo'
                AND (target_queue_names IS NULL OR jobs.queue_name = ANY( target_queue_names ))
                AND (jobs.scheduled_at IS NULL OR jobs.scheduled_at <= now())
            ORDER BY jobs.priority DESC, jobs.id ASC LIMIT 1
            FOR UPDATE OF jobs SKIP LOCKED
    )
    UPDATE procrastinate_jobs
        SET status = 'doing', worker_id = p_worker_id
        FROM candidate
        WHERE procrastinate_jobs.id = candidate.id
        RETURNING procrastinate_jobs.* INTO found_jobs;

 RETURN found_jobs;
END;
$$;

CREATE FUNCTION public.procrastinate_finish_job_v1(job_id bigint, end_status public.procrastinate_job_status, delete_job boolean) RETURNS void
    LANGUAGE plpgsql
    AS $$
DECLARE
    _job_id bigint;
BEGIN
    IF end_status NOT IN ('succeeded', 'failed', 'aborted') THEN
        RAISE 'End status should be either "succeeded", "failed" or "aborted" (job id: %)', job_id;
    END IF;
    IF delete_job THEN
        DELETE FROM procrastinate_jobs
        WHERE id = job_id AND status IN ('todo', 'doing')
        RETURNING id INTO _job_id;
    ELSE
        UPDATE procrastinate_jobs
        SET status = end_status,
            abort_requested = false,
            attempts = CASE status
                WHEN 'doing' THEN attempts + 1 ELSE attempts
            END
        WHERE id = job_id AND status IN ('todo', 'doing')
        RETURNING id INTO _job_id;
    END IF;
    IF _job_id IS NULL THEN
        RAISE 'Job was not found or not in "doing" or "todo" status (job id: %)', job_id;
    END IF;
END;
$$;

CREATE FUNCTION public.procrastinate_notify_queue_abort_job_v1() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
    payload TEXT;
BEGIN
    SELECT json_build_object('type', 'abort_job_requested', 'job_id', NEW.id)::text INTO payload;
	PERFORM pg_notify('procrastinate_queue_v1#' || NEW.queue_name, payload);
	PERFORM pg_notify('procrastinate_any_queue_v1', payload);
	RETURN NEW;
END;
$$;

CREATE FUNCTION public.procrastinate_notify_queue_job_inserted_v1() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
    payload TEXT;
BEGIN
    SELECT json_build_object('type', 'job_inserted', 'job_id', NEW.id)::text INTO payload;
	PERFORM pg_notify('procrastinate_queue_v1#' || NEW.queue_name, payload);
	PERFORM pg_notify('procrastinate_any_queue_v1', payload);
	RETURN NEW;
END;
$$;

CREATE FUNCTION public.procrastinate_prune_stalled_workers_v1(seconds_since_heartbeat double precision) RETURNS TABLE(worker_id bigint)
    LANGUAGE plpgsql
    AS $$
BEGIN
    RETURN QUERY
    DELETE FROM procrastinate_workers
    WHERE last_heartbeat < NOW() - (seconds_since_heartbeat || 'SECOND')::INTERVAL
    RETURNING procrastinate_workers.id;
END;
$$;

CREATE FUNCTION public.procrastinate_register_worker_v1() RETURNS TABLE(worker_id bigint)
    LANGUAGE plpgsql
    AS $$
BEGIN
    RETURN QUERY
    INSERT INTO procrastinate_workers DEFAULT VALUES
    RETURNING procrastinate_workers.id;
END;
$$;

CREATE FUNCTION public.procrastinate_retry_job_v1(job_id bigint, retry_at timestamp with time zone, new_priority integer, new_queue_name character varying, new_lock character varying) RETURNS void
    LANGUAGE plpgsql
    AS $$
DECLARE
    _job_id bigint;
    _abort_requested boolean;
BEGIN
    SELECT abort_requested FROM procrastinate_jobs
    WHERE id = job_id AND status = 'doing'
    FOR UPDATE
    INTO _abort_requested;
    IF _abort_requested THEN
        UPDATE procrastinate_jobs
        SET status = 'failed'::procrastinate_job_status
        WHERE id = job_id AND status = 'doing'
        RETURNING id INTO _job_id;
    ELSE
        UPDATE procrastinate_jobs
        SET status = 'todo'::procrastinate_job_status,
            attempts = attempts + 1,
            scheduled_at = retry_at,
            priority = COALESCE(new_priority, priority),
            queue_name = COALESCE(new_queue_name, queue_name),
            lock = COALESCE(new_lock, lock)
        WHERE id = job_id AND status = 'doing'
        RETURNING id INTO _job_id;
    END IF;

    IF _job_id IS NULL THEN
        RAISE 'Job was not found or not in "doing" status (job id: %)', job_id;
    END IF;
END;
$$;

CREATE FUNCTION public.procrastinate_retry_job_v2(job_id bigint, retry_at timestamp with time zone, new_priority integer, new_queue_name character varying, new_lock character varying) RETURNS void
    LANGUAGE plpgsql
    AS $$
DECLARE
    _job_id bigint;
    _abort_requested boolean;
    _current_status procrastinate_job_status;
BEGIN
    SELECT status, abort_requested FROM procrastinate_jobs
    WHERE id = job_id AND status IN ('doing', 'failed')
    FOR UPDATE
    INTO _current_status, _abort_requested;
    IF _current_status = 'doing' AND _abort_requested THEN
        UPDATE procrastinate_jobs
        SET status = 'failed'::procrastinate_job_status
        WHERE id = job_id AND status = 'doing'
        RETURNING id INTO _job_id;
    ELSE
        UPDATE procrastinate_jobs
        SET status = 'todo'::procrastinate_job_status,
            attempts = attempts + 1,
            scheduled_at = retry_at,
            priority = COALESCE(new_priority, priority),
            queue_name = COALESCE(new_queue_name, queue_name),
            lock = COALESCE(new_lock, lock)
        WHERE id = job_id AND status IN ('doing', 'failed')
        RETURNING id INTO _job_id;
    END IF;

    IF _job_id IS NULL THEN
        RAISE 'Job was not found or has an invalid status to retry (job id: %)', job_id;
    END IF;

END;
$$;

CREATE FUNCTION public.procrastinate_trigger_abort_requested_events_procedure_v1() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    INSERT INTO procrastinate_events(job_id, type)
        VALUES (NEW.id, 'abort_requested'::procrastinate_job_event_type);
    RETURN NEW;
END;
$$;

CREATE FUNCTION public.procrastinate_trigger_function_scheduled_events_v1() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    INSERT INTO procrastinate_events(job_id, type, at)
        VALUES (NEW.id, 'scheduled'::procrastinate_job_event_type, NEW.scheduled_at);

	RETURN NEW;
END;
$$;

CREATE FUNCTION public.procrastinate_trigger_function_status_events_insert_v1() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    INSERT INTO procrastinate_events(job_id, type)
        VALUES (NEW.id, 'deferred'::procrastinate_job_event_type);
	RETURN NEW;
END;
$$;

CREATE FUNCTION public.procrastinate_trigger_function_status_events_update_v1() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    WITH t AS (
        SELECT CASE
            WHEN OLD.status = 'todo'::procrastinate_job_status
                AND NEW.status = 'doing'::procrastinate_job_status
                THEN 'started'::procrastinate_job_event_type
            WHEN OLD.status = 'doing'::procrastinate_job_status
                AND NEW.status = 'todo'::procrastinate_job_status
                THEN 'deferred_for_retry'::procrastinate_job_event_type
            WHEN OLD.status = 'doing'::procrastinate_job_status
                AND NEW.status = 'failed'::procrastinate_job_status
                THEN 'failed'::procrastinate_job_event_type
            WHEN OLD.status = 'doing'::procrastinate_job_status
                AND NEW.status = 'succeeded'::procrastinate_job_status
                THEN 'succeeded'::procrastinate_job_event_type
            WHEN OLD.status = 'todo'::procrastinate_job_status
                AND (
                    NEW.status = 'cancelled'::procrastinate_job_status
                    OR NEW.status = 'failed'::procrastinate_job_status
                    OR NEW.status = 'succeeded'::procrastinate_job_status
                )
                THEN 'cancelled'::procrastinate_job_event_type
            WHEN OLD.status = 'doing'::procrastinate_job_status
                AND NEW.status = 'aborted'::procrastinate_job_status
                THEN 'aborted'::procrastinate_job_event_type
            WHEN OLD.status = 'failed'::procrastinate_job_status
                AND NEW.status = 'todo'::procrastinate_job_status
                THEN 'retried'::procrastinate_job_event_type
            ELSE NULL
        END as event_type
    )
    INSERT INTO procrastinate_events(job_id, type)
        SELECT NEW.id, t.event_type
        FROM t
        WHERE t.event_type IS NOT NULL;
	RETURN NEW;
END;
$$;

CREATE FUNCTION public.procrastinate_unlink_periodic_defers_v1() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    UPDATE procrastinate_periodic_defers
    SET job_id = NULL
    WHERE job_id = OLD.id;
    RETURN OLD;
END;
$$;

CREATE FUNCTION public.procrastinate_unregister_worker_v1(worker_id bigint) RETURNS void
    LANGUAGE plpgsql
    AS $$
BEGIN
    DELETE FROM procrastinate_workers
    WHERE id = worker_id;
END;
$$;

CREATE FUNCTION public.procrastinate_update_heartbeat_v1(worker_id bigint) RETURNS void
    LANGUAGE plpgsql
    AS $$
BEGIN
    UPDATE procrastinate_workers
    SET last_heartbeat = NOW()
    WHERE id = worker_id;
END;
$$;

CREATE TABLE public.activity (
    id uuid NOT NULL,
    space_id uuid NOT NULL,
    user_id uuid,
    verb text NOT NULL,
    asset_ids uuid[] NOT NULL,
    details jsonb DEFAULT '{}'::jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);

CREATE TABLE public.alembic_version (
    version_num character varying(32) NOT NULL
);

CREATE TABLE public.assets (
    id uuid NOT NULL,
    space_id uuid NOT NULL,
    blob_id uuid NOT NULL,
    contributor_id uuid,
    kind text NOT NULL,
    file_name text NOT NULL,
    file_time timestamp without time zone,
    taken_at timestamp without time zone NOT NULL,
    taken_source text NOT NULL,
    utc_offset smallint,
    latitude double precision,
    longitude double precision,
    altitude double precision,
    place_edited boolean DEFAULT false NOT NULL,
    title text DEFAULT ''::text NOT NULL,
    description text DEFAULT ''::text NOT NULL,
    rating smallint,
    archived_at timestamp with time zone,
    trashed_at timestamp with time zone,
    live_of uuid,
    sidecar_of uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    listed boolean GENERATED ALWAYS AS (((trashed_at IS NULL) AND (archived_at IS NULL) AND (kind <> 'sidecar'::text) AND (live_of IS NULL))) STORED NOT NULL,
    rotation smallint DEFAULT '0'::smallint NOT NULL,
    CONSTRAINT ck_assets_kind CHECK ((kind = ANY (ARRAY['image'::text, 'video'::text, 'sidecar'::text]))),
    CONSTRAINT ck_assets_latitude CHECK (((latitude >= ('-90'::integer)::double precision) AND (latitude <= (90)::double precision))),
    CONSTRAINT ck_assets_longitude CHECK (((longitude >= ('-180'::integer)::double precision) AND (longitude <= (180)::double precision))),
    CONSTRAINT ck_assets_rating CHECK (((rating >= 0) AND (rating <= 5))),
    CONSTRAINT ck_assets_rotation CHECK ((rotation = ANY (ARRAY[0, 90, 180, 270]))),
    CONSTRAINT ck_assets_whole_position CHECK (((latitude IS NULL) = (longitude IS NULL)))
);

CREATE TABLE public.attempts (
    key bytea NOT NULL,
    window_start timestamp with time zone NOT NULL,
    count integer NOT NULL
);

CREATE TABLE public.backup_runs (
    id uuid NOT NULL,
    work text NOT NULL,
    target text NOT NULL,
    snapshot text,
    outcome text DEFAULT 'running'::text NOT NULL,
    started_at timestamp with time zone NOT NULL,
    finished_at timestamp with time zone,
    files bigint DEFAULT '0'::bigint NOT NULL,
    bytes bigint DEFAULT '0'::bigint NOT NULL,
    problems bigint DEFAULT '0'::bigint NOT NULL,
    details jsonb DEFAULT '{}'::jsonb NOT NULL,
    CONSTRAINT ck_backup_runs_finished CHECK (((outcome = 'running'::text) = (finished_at IS NULL))),
    CONSTRAINT ck_backup_runs_outcome CHECK ((outcome = ANY (ARRAY['running'::text, 'good'::text, 'failed'::text]))),
    CONSTRAINT ck_backup_runs_work CHECK ((work = ANY (ARRAY['backup'::text, 'check'::text])))
);

CREATE TABLE public.blobs (
    id uuid NOT NULL,
    sha256 bytea NOT NULL,
    bytes bigint NOT NULL,
    kind text NOT NULL,
    format text NOT NULL,
    mime text NOT NULL,
    state text DEFAULT 'processing'::text NOT NULL,
    failure text,
    damaged boolean DEFAULT false NOT NULL,
    recipe text,
    attempts smallint DEFAULT '0'::smallint NOT NULL,
    width integer,
    height integer,
    duration double precision,
    thumbhash bytea,
    phash bigint,
    colour text,
    taken_at timestamp without time zone,
    taken_source text,
    utc_offset smallint,
    latitude double precision,
    longitude double precision,
    altitude double precision,
    camera text,
    lens text,
    title text,
    description text,
    rating smallint,
    content_id text,
    exif jsonb DEFAULT '{}'::jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    processed_at timestamp with time zone,
    integrity text DEFAULT 'sound'::text NOT NULL,
    CONSTRAINT ck_blobs_bytes CHECK ((bytes > 0)),
    CONSTRAINT ck_blobs_integrity CHECK ((integrity = ANY (ARRAY['sound'::text, 'missing'::text, 'damaged'::text]))),
    CONSTRAINT ck_blobs_kind CHECK ((kind = ANY (ARRAY['image'::text, 'video'::text, 'sidecar'::text]))),
    CONSTRAINT ck_blobs_state CHECK ((state = ANY (ARRAY['processing'::text, 'ready'::text, 'failed'::text])))
);

CREATE TABLE public.day_counts (
    space_id uuid NOT NULL,
    day date NOT NULL,
    images integer DEFAULT 0 NOT NULL,
    videos integer DEFAULT 0 NOT NULL
);

CREATE TABLE public.favourites (
    user_id uuid NOT NULL,
    asset_id uuid NOT NULL
);

CREATE TABLE public.identities (
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    provider text NOT NULL,
    subject text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);

CREATE TABLE public.installation (
    singleton boolean DEFAULT true NOT NULL,
    volume_id uuid NOT NULL,
    CONSTRAINT ck_installation_singleton CHECK (singleton)
);

CREATE TABLE public.invitations (
    id uuid NOT NULL,
    space_id uuid NOT NULL,
    digest bytea NOT NULL,
    role text NOT NULL,
    invited_by uuid NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    max_uses integer,
    uses integer DEFAULT 0 NOT NULL,
    revoked_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT ck_invitations_role CHECK ((role = ANY (ARRAY['manager'::text, 'contributor'::text, 'viewer'::text])))
);

CREATE TABLE public.max_launches (
    digest bytea NOT NULL,
    session_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL
);

CREATE TABLE public.memberships (
    space_id uuid NOT NULL,
    user_id uuid NOT NULL,
    role text NOT NULL,
    joined_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT ck_memberships_role CHECK ((role = ANY (ARRAY['owner'::text, 'manager'::text, 'contributor'::text, 'viewer'::text])))
);

CREATE TABLE public.procrastinate_events (
    id bigint NOT NULL,
    job_id bigint NOT NULL,
    type public.procrastinate_job_event_type,
    at timestamp with time zone DEFAULT now()
);

CREATE SEQUENCE public.procrastinate_events_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.procrastinate_events_id_seq OWNED BY public.procrastinate_events.id;

CREATE SEQUENCE public.procrastinate_jobs_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.procrastinate_jobs_id_seq OWNED BY public.procrastinate_jobs.id;

CREATE TABLE public.procrastinate_periodic_defers (
    id bigint NOT NULL,
    task_name character varying(128) NOT NULL,
    defer_timestamp bigint,
    job_id bigint,
    periodic_id character varying(128) DEFAULT ''::character varying NOT NULL
);

CREATE SEQUENCE public.procrastinate_periodic_defers_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.procrastinate_periodic_defers_id_seq OWNED BY public.procrastinate_periodic_defers.id;

CREATE TABLE public.procrastinate_workers (
    id bigint NOT NULL,
    last_heartbeat timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE public.procrastinate_workers ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.procrastinate_workers_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.scrubs (
    id uuid NOT NULL,
    started_at timestamp with time zone NOT NULL,
    finished_at timestamp with time zone,
    "position" bytea NOT NULL,
    files bigint DEFAULT '0'::bigint NOT NULL,
    bytes bigint DEFAULT '0'::bigint NOT NULL,
    unknown bigint DEFAULT '0'::bigint NOT NULL
);

CREATE TABLE public.sessions (
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    kind text NOT NULL,
    user_agent text NOT NULL,
    refresh_hash bytea NOT NULL,
    previous_hash bytea,
    rotated_at timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    last_seen_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    revoked_at timestamp with time zone,
    revoked_because text
);

CREATE TABLE public.setup_links (
    digest bytea NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);

CREATE TABLE public.spaces (
    id uuid NOT NULL,
    kind text NOT NULL,
    name text NOT NULL,
    personal_user_id uuid,
    quota_bytes bigint,
    used_bytes bigint DEFAULT '0'::bigint NOT NULL,
    asset_count bigint DEFAULT '0'::bigint NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT ck_spaces_kind CHECK ((kind = ANY (ARRAY['personal'::text, 'group'::text]))),
    CONSTRAINT ck_spaces_personal CHECK (((kind = 'personal'::text) = (personal_user_id IS NOT NULL))),
    CONSTRAINT ck_spaces_quota CHECK ((quota_bytes >= 0))
);

CREATE TABLE public.tombstones (
    space_id uuid NOT NULL,
    sha256 bytea NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);

CREATE TABLE public.uploads (
    id uuid NOT NULL,
    space_id uuid NOT NULL,
    user_id uuid NOT NULL,
    length bigint NOT NULL,
    file_name text NOT NULL,
    file_time timestamp without time zone,
    sha256 bytea,
    revive boolean NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    asset_id uuid,
    duplicate boolean DEFAULT false NOT NULL,
    completed_at timestamp with time zone,
    CONSTRAINT ck_uploads_length CHECK ((length > 0))
);

CREATE TABLE public.users (
    id uuid NOT NULL,
    login text,
    login_key text,
    name text NOT NULL,
    locale text,
    password_hash text,
    is_operator boolean DEFAULT false NOT NULL,
    disabled_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT ck_users_locale CHECK ((locale = ANY (ARRAY['ru'::text, 'en'::text]))),
    CONSTRAINT ck_users_login CHECK (((login IS NULL) = (login_key IS NULL)))
);

ALTER TABLE ONLY public.procrastinate_events ALTER COLUMN id SET DEFAULT nextval('public.procrastinate_events_id_seq'::regclass);

ALTER TABLE ONLY public.procrastinate_jobs ALTER COLUMN id SET DEFAULT nextval('public.procrastinate_jobs_id_seq'::regclass);

ALTER TABLE ONLY public.procrastinate_periodic_defers ALTER COLUMN id SET DEFAULT nextval('public.procrastinate_periodic_defers_id_seq'::regclass);

ALTER TABLE ONLY public.alembic_version
    ADD CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num);

ALTER TABLE ONLY public.activity
    ADD CONSTRAINT pk_activity PRIMARY KEY (id);

ALTER TABLE ONLY public.assets
    ADD CONSTRAINT pk_assets PRIMARY KEY (id);

ALTER TABLE ONLY public.attempts
    ADD CONSTRAINT pk_attempts PRIMARY KEY (key, window_start);

ALTER TABLE ONLY public.backup_runs
    ADD CONSTRAINT pk_backup_runs PRIMARY KEY (id);

ALTER TABLE ONLY public.blobs
    ADD CONSTRAINT pk_blobs PRIMARY KEY (id);

ALTER TABLE ONLY public.day_counts
    ADD CONSTRAINT pk_day_counts PRIMARY KEY (space_id, day);

ALTER TABLE ONLY public.favourites
    ADD CONSTRAINT pk_favourites PRIMARY KEY (user_id, asset_id);

ALTER TABLE ONLY public.identities
    ADD CONSTRAINT pk_identities PRIMARY KEY (id);

ALTER TABLE ONLY public.installation
    ADD CONSTRAINT pk_installation PRIMARY KEY (singleton);

ALTER TABLE ONLY public.invitations
    ADD CONSTRAINT pk_invitations PRIMARY KEY (id);

ALTER TABLE ONLY public.max_launches
    ADD CONSTRAINT pk_max_launches PRIMARY KEY (digest);

ALTER TABLE ONLY public.memberships
    ADD CONSTRAINT pk_memberships PRIMARY KEY (space_id, user_id);

ALTER TABLE ONLY public.scrubs
    ADD CONSTRAINT pk_scrubs PRIMARY KEY (id);

ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT pk_sessions PRIMARY KEY (id);

ALTER TABLE ONLY public.setup_links
    ADD CONSTRAINT pk_setup_links PRIMARY KEY (digest);

ALTER TABLE ONLY public.spaces
    ADD CONSTRAINT pk_spaces PRIMARY KEY (id);

ALTER TABLE ONLY public.tombstones
    ADD CONSTRAINT pk_tombstones PRIMARY KEY (space_id, sha256);

ALTER TABLE ONLY public.uploads
    ADD CONSTRAINT pk_uploads PRIMARY KEY (id);

ALTER TABLE ONLY public.users
    ADD CONSTRAINT pk_users PRIMARY KEY (id);

ALTER TABLE ONLY public.procrastinate_events
    ADD CONSTRAINT procrastinate_events_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.procrastinate_jobs
    ADD CONSTRAINT procrastinate_jobs_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.procrastinate_periodic_defers
    ADD CONSTRAINT procrastinate_periodic_defers_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.procrastinate_periodic_defers
    ADD CONSTRAINT procrastinate_periodic_defers_unique UNIQUE (task_name, periodic_id, defer_timestamp);

ALTER TABLE ONLY public.procrastinate_workers
    ADD CONSTRAINT procrastinate_workers_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.assets
    ADD CONSTRAINT uq_assets_space_id_blob_id UNIQUE (space_id, blob_id);

ALTER TABLE ONLY public.blobs
    ADD CONSTRAINT uq_blobs_sha256 UNIQUE (sha256);

ALTER TABLE ONLY public.identities
    ADD CONSTRAINT uq_identities_provider_subject UNIQUE (provider, subject);

ALTER TABLE ONLY public.invitations
    ADD CONSTRAINT uq_invitations_digest UNIQUE (digest);

ALTER TABLE ONLY public.spaces
    ADD CONSTRAINT uq_spaces_personal_user_id UNIQUE (personal_user_id);

ALTER TABLE ONLY public.users
    ADD CONSTRAINT uq_users_login_key UNIQUE (login_key);

CREATE INDEX idx_procrastinate_jobs_worker_not_null ON public.procrastinate_jobs USING btree (worker_id) WHERE ((worker_id IS NOT NULL) AND (status = 'doing'::public.procrastinate_job_status));

CREATE INDEX idx_procrastinate_workers_last_heartbeat ON public.procrastinate_workers USING btree (last_heartbeat);

CREATE INDEX ix_activity_space_id_id ON public.activity USING btree (space_id, id);

CREATE INDEX ix_assets_archive ON public.assets USING btree (space_id, taken_at DESC, id DESC) WHERE ((archived_at IS NOT NULL) AND (trashed_at IS NULL));

CREATE INDEX ix_assets_blob_id ON public.assets USING btree (blob_id);

CREATE INDEX ix_assets_contributor_id ON public.assets USING btree (contributor_id);

CREATE INDEX ix_assets_file_name ON public.assets USING btree (space_id, lower(file_name));

CREATE INDEX ix_assets_live_of ON public.assets USING btree (live_of) WHERE (live_of IS NOT NULL);

CREATE INDEX ix_assets_sidecar_of ON public.assets USING btree (sidecar_of) WHERE (sidecar_of IS NOT NULL);

CREATE INDEX ix_assets_timeline ON public.assets USING btree (space_id, taken_at DESC, id DESC) INCLUDE (blob_id) WHERE listed;

CREATE INDEX ix_assets_timeline_kind ON public.assets USING btree (space_id, kind, taken_at DESC, id DESC) INCLUDE (blob_id) WHERE listed;

CREATE INDEX ix_assets_trash ON public.assets USING btree (space_id, taken_at DESC, id DESC) WHERE (trashed_at IS NOT NULL);

CREATE INDEX ix_assets_trashed_at ON public.assets USING btree (trashed_at) WHERE (trashed_at IS NOT NULL);

CREATE INDEX ix_attempts_window_start ON public.attempts USING btree (window_start);

CREATE INDEX ix_backup_runs_latest ON public.backup_runs USING btree (work, outcome, started_at DESC);

CREATE INDEX ix_blobs_content_id ON public.blobs USING btree (content_id) WHERE (content_id IS NOT NULL);

CREATE INDEX ix_blobs_failed ON public.blobs USING btree (processed_at) WHERE (state = 'failed'::text);

CREATE INDEX ix_blobs_recipe ON public.blobs USING btree (recipe);

CREATE INDEX ix_blobs_unfinished ON public.blobs USING btree (created_at) WHERE (state = 'processing'::text);

CREATE INDEX ix_blobs_unsound ON public.blobs USING btree (sha256) WHERE (integrity <> 'sound'::text);

CREATE INDEX ix_favourites_asset_id ON public.favourites USING btree (asset_id);

CREATE INDEX ix_identities_user_id ON public.identities USING btree (user_id);

CREATE INDEX ix_invitations_space_id ON public.invitations USING btree (space_id);

CREATE INDEX ix_max_launches_created_at ON public.max_launches USING btree (created_at);

CREATE INDEX ix_max_launches_session_id ON public.max_launches USING btree (session_id);

CREATE INDEX ix_memberships_user_id ON public.memberships USING btree (user_id);

CREATE INDEX ix_scrubs_started_at ON public.scrubs USING btree (started_at);

CREATE INDEX ix_sessions_user_id ON public.sessions USING btree (user_id);

CREATE INDEX ix_uploads_asset_id ON public.uploads USING btree (asset_id);

CREATE INDEX ix_uploads_expires_at ON public.uploads USING btree (expires_at);

CREATE INDEX ix_uploads_space_id ON public.uploads USING btree (space_id);

CREATE INDEX ix_uploads_user_id ON public.uploads USING btree (user_id);

CREATE INDEX procrastinate_events_job_id_fkey_v1 ON public.procrastinate_events USING btree (job_id);

CREATE INDEX procrastinate_jobs_id_lock_idx_v1 ON public.procrastinate_jobs USING btree (id, lock) WHERE (status = ANY (ARRAY['todo'::public.procrastinate_job_status, 'doing'::public.procrastinate_job_status]));

CREATE UNIQUE INDEX procrastinate_jobs_lock_idx_v1 ON public.procrastinate_jobs USING btree (lock) WHERE (status = 'doing'::public.procrastinate_job_status);

CREATE INDEX procrastinate_jobs_priority_idx_v1 ON public.procrastinate_jobs USING btree (priority DESC, id) WHERE (status = 'todo'::public.procrastinate_job_status);

CREATE INDEX procrastinate_jobs_queue_name_idx_v1 ON public.procrastinate_jobs USING btree (queue_name);

CREATE UNIQUE INDEX procrastinate_jobs_queueing_lock_idx_v1 ON public.procrastinate_jobs USING btree (queueing_lock) WHERE (status = 'todo'::public.procrastinate_job_status);

CREATE INDEX procrastinate_periodic_defers_job_id_fkey_v1 ON public.procrastinate_periodic_defers USING btree (job_id);

CREATE UNIQUE INDEX uq_scrubs_under_way ON public.scrubs USING btree ((true)) WHERE (finished_at IS NULL);

CREATE TRIGGER assets_deleted AFTER DELETE ON public.assets REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION public.gallery_assets_deleted();

CREATE TRIGGER assets_inserted AFTER INSERT ON public.assets REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION public.gallery_assets_inserted();

CREATE TRIGGER assets_updated AFTER UPDATE ON public.assets REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION public.gallery_assets_updated();

CREATE TRIGGER procrastinate_jobs_notify_queue_job_aborted_v1 AFTER UPDATE OF abort_requested ON public.procrastinate_jobs FOR EACH ROW WHEN (((old.abort_requested = false) AND (new.abort_requested = true) AND (new.status = 'doing'::public.procrastinate_job_status))) EXECUTE FUNCTION public.procrastinate_notify_queue_abort_job_v1();

CREATE TRIGGER procrastinate_jobs_notify_queue_job_inserted_v1 AFTER INSERT ON public.procrastinate_jobs FOR EACH ROW WHEN ((new.status = 'todo'::public.procrastinate_job_status)) EXECUTE FUNCTION public.procrastinate_notify_queue_job_inserted_v1();

CREATE TRIGGER procrastinate_trigger_abort_requested_events_v1 AFTER UPDATE OF abort_requested ON public.procrastinate_jobs FOR EACH ROW WHEN ((new.abort_requested = true)) EXECUTE FUNCTION public.procrastinate_trigger_abort_requested_events_procedure_v1();

CREATE TRIGGER procrastinate_trigger_delete_jobs_v1 BEFORE DELETE ON public.procrastinate_jobs FOR EACH ROW EXECUTE FUNCTION public.procrastinate_unlink_periodic_defers_v1();

CREATE TRIGGER procrastinate_trigger_scheduled_events_v1 AFTER INSERT OR UPDATE ON public.procrastinate_jobs FOR EACH ROW WHEN (((new.scheduled_at IS NOT NULL) AND (new.status = 'todo'::public.procrastinate_job_status))) EXECUTE FUNCTION public.procrastinate_trigger_function_scheduled_events_v1();

CREATE TRIGGER procrastinate_trigger_status_events_insert_v1 AFTER INSERT ON public.procrastinate_jobs FOR EACH ROW WHEN ((new.status = 'todo'::public.procrastinate_job_status)) EXECUTE FUNCTION public.procrastinate_trigger_function_status_events_insert_v1();

CREATE TRIGGER procrastinate_trigger_status_events_update_v1 AFTER UPDATE OF status ON public.procrastinate_jobs FOR EACH ROW EXECUTE FUNCTION public.procrastinate_trigger_function_status_events_update_v1();

ALTER TABLE ONLY public.activity
    ADD CONSTRAINT fk_activity_space_id_spaces FOREIGN KEY (space_id) REFERENCES public.spaces(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.activity
    ADD CONSTRAINT fk_activity_user_id_users FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE SET NULL;

ALTER TABLE ONLY public.assets
    ADD CONSTRAINT fk_assets_blob_id_blobs FOREIGN KEY (blob_id) REFERENCES public.blobs(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.assets
    ADD CONSTRAINT fk_assets_contributor_id_users FOREIGN KEY (contributor_id) REFERENCES public.users(id) ON DELETE SET NULL;

ALTER TABLE ONLY public.assets
    ADD CONSTRAINT fk_assets_live_of_assets FOREIGN KEY (live_of) REFERENCES public.assets(id) ON DELETE SET NULL;

ALTER TABLE ONLY public.assets
    ADD CONSTRAINT fk_assets_sidecar_of_assets FOREIGN KEY (sidecar_of) REFERENCES public.assets(id) ON DELETE SET NULL;

ALTER TABLE ONLY public.assets
    ADD CONSTRAINT fk_assets_space_id_spaces FOREIGN KEY (space_id) REFERENCES public.spaces(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.day_counts
    ADD CONSTRAINT fk_day_counts_space_id_spaces FOREIGN KEY (space_id) REFERENCES public.spaces(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.favourites
    ADD CONSTRAINT fk_favourites_asset_id_assets FOREIGN KEY (asset_id) REFERENCES public.assets(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.favourites
    ADD CONSTRAINT fk_favourites_user_id_users FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.identities
    ADD CONSTRAINT fk_identities_user_id_users FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.invitations
    ADD CONSTRAINT fk_invitations_invited_by_users FOREIGN KEY (invited_by) REFERENCES public.users(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.invitations
    ADD CONSTRAINT fk_invitations_space_id_spaces FOREIGN KEY (space_id) REFERENCES public.spaces(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.max_launches
    ADD CONSTRAINT fk_max_launches_session_id_sessions FOREIGN KEY (session_id) REFERENCES public.sessions(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.memberships
    ADD CONSTRAINT fk_memberships_space_id_spaces FOREIGN KEY (space_id) REFERENCES public.spaces(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.memberships
    ADD CONSTRAINT fk_memberships_user_id_users FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT fk_sessions_user_id_users FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.spaces
    ADD CONSTRAINT fk_spaces_personal_user_id_users FOREIGN KEY (personal_user_id) REFERENCES public.users(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.tombstones
    ADD CONSTRAINT fk_tombstones_space_id_spaces FOREIGN KEY (space_id) REFERENCES public.spaces(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.uploads
    ADD CONSTRAINT fk_uploads_asset_id_assets FOREIGN KEY (asset_id) REFERENCES public.assets(id) ON DELETE SET NULL;

ALTER TABLE ONLY public.uploads
    ADD CONSTRAINT fk_uploads_space_id_spaces FOREIGN KEY (space_id) REFERENCES public.spaces(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.uploads
    ADD CONSTRAINT fk_uploads_user_id_users FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.procrastinate_events
    ADD CONSTRAINT procrastinate_events_job_id_fkey FOREIGN KEY (job_id) REFERENCES public.procrastinate_jobs(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.procrastinate_jobs
    ADD CONSTRAINT procrastinate_jobs_worker_id_fkey FOREIGN KEY (worker_id) REFERENCES public.procrastinate_workers(id) ON DELETE SET NULL;

ALTER TABLE ONLY public.procrastinate_periodic_defers
    ADD CONSTRAINT procrastinate_periodic_defers_job_id_fkey FOREIGN KEY (job_id) REFERENCES public.procrastinate_jobs(id);
SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

INSERT INTO public.alembic_version VALUES ('0004');
