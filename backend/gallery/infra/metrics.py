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
