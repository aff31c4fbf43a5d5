"""What Prometheus may ask, in one place."""

from prometheus_client import Counter, Gauge, Histogram

REQUESTS = Histogram(
    "gallery_request_seconds",
    "Time to answer, by route.",
    ["method", "route", "status"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60),
)
UPLOADED = Counter("gallery_uploaded_bytes_total", "Bytes of originals taken in.")
INTAKES = Counter("gallery_intakes_total", "Finished uploads, by outcome.", ["outcome"])
INGESTS = Counter("gallery_ingests_total", "Ingested blobs, by outcome.", ["outcome"])
INGEST_SECONDS = Histogram(
    "gallery_ingest_seconds",
    "Wall time of one ingest.",
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)
INGEST_CPU = Counter("gallery_ingest_cpu_seconds_total", "CPU time of decoding children.")
QUEUE_LENGTH = Gauge("gallery_jobs_waiting", "Jobs that wait or run.")
QUEUE_AGE = Gauge("gallery_jobs_oldest_seconds", "Age of the oldest waiting job.")
DEAD_LETTERS = Gauge("gallery_dead_letters", "Photos that ingest gave up on.")
FREE_BYTES = Gauge("gallery_storage_free_bytes", "Free room where originals are kept.")
BACKUP_CONFIGURED = Gauge("gallery_backup_configured", "1 once a backup was begun; before, the others say nothing.")
BACKUP_LAST_GOOD = Gauge(
    "gallery_backup_last_success_timestamp_seconds", "When the last good backup ended; 0: there is none."
)
BACKUP_RESULT = Gauge("gallery_backup_last_result", "1 when the last backup that ended was good, else 0.")
BACKUP_PROBLEMS = Gauge("gallery_backup_last_problems", "Originals that the last good backup could not take.")
BACKUP_BYTES = Gauge("gallery_backup_last_bytes", "Bytes of originals in the last good backup.")
BACKUP_SECONDS = Gauge("gallery_backup_last_duration_seconds", "How long the last good backup took.")
BACKUP_CHECKED = Gauge(
    "gallery_backup_check_last_success_timestamp_seconds", "When a backup was last read again and found good; 0: never."
)
BACKUP_CHECK_RESULT = Gauge("gallery_backup_check_last_result", "1 when the last check of a backup was good, else 0.")
ORIGINALS_UNSOUND = Gauge("gallery_originals_unsound", "Originals found missing or damaged.", ["integrity"])
ORIGINALS_UNKNOWN = Gauge("gallery_originals_unknown", "Originals that no row names, found by the last whole pass.")
SCRUB_PROGRESS = Gauge("gallery_scrub_progress_ratio", "How far the pass over the originals has come, 0 to 1.")
SCRUB_STARTED = Gauge("gallery_scrub_started_timestamp_seconds", "When the pass under way began; 0: none is.")
SCRUB_FINISHED = Gauge(
    "gallery_scrub_last_pass_timestamp_seconds", "When the last whole pass over the originals ended; 0: never."
)
