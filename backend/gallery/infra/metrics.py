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
# What is known of backups appears with the first one: a label keeps a gauge silent until then.
BACKUP_LAST_GOOD = Gauge(
    "gallery_backup_last_success_timestamp_seconds", "When the last good backup ended.", ["target"]
)
BACKUP_RESULT = Gauge("gallery_backup_last_result", "1 when the last backup that ended was good, else 0.", ["target"])
BACKUP_PROBLEMS = Gauge(
    "gallery_backup_last_problems", "Originals that the last good backup could not take.", ["target"]
)
BACKUP_BYTES = Gauge("gallery_backup_last_bytes", "Bytes of originals in the last good backup.", ["target"])
BACKUP_SECONDS = Gauge("gallery_backup_last_duration_seconds", "How long the last good backup took.", ["target"])
BACKUP_CHECKED = Gauge(
    "gallery_backup_check_last_success_timestamp_seconds", "When a backup was last read again and was good.", ["target"]
)
BACKUP_CHECK_RESULT = Gauge(
    "gallery_backup_check_last_result", "1 when the last check of a backup was good, else 0.", ["target"]
)
BACKUP_OVERDUE = Gauge("gallery_backup_overdue", "1 when there are backups and no good one for 26 hours.")
BACKUP_UNVERIFIED = Gauge("gallery_backup_unverified", "1 when there are backups and none was read again for 8 days.")
SCRUB_MISSING = Gauge("gallery_scrub_missing", "Originals found missing.")
SCRUB_DAMAGED = Gauge("gallery_scrub_damaged", "Originals found damaged.")
SCRUB_UNKNOWN = Gauge("gallery_scrub_unknown", "Originals that no row names, found by the last whole pass.")
SCRUB_PROGRESS = Gauge("gallery_scrub_progress_ratio", "How far the pass over the originals has come, 0 to 1.")
SCRUB_STARTED = Gauge("gallery_scrub_started_timestamp_seconds", "When the pass under way began; 0: none is.")
SCRUB_FINISHED = Gauge(
    "gallery_scrub_last_pass_timestamp_seconds", "When the last whole pass over the originals ended; 0: never."
)
