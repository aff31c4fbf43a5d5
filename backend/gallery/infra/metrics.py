"""What this process counts for Prometheus, in one place. What the database knows is read at each scrape: `health`."""

from prometheus_client import Counter, Histogram

REQUESTS = Histogram(
    "gallery_request_seconds",
    "Time to answer, by route.",
    ["method", "route", "status"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60),
)
UPLOADED = Counter("gallery_uploaded_bytes_total", "Bytes of originals taken in.")
INTAKES = Counter("gallery_intakes_total", "Finished uploads, by outcome.", ["outcome"])
UPLOAD_FAILURES = Counter(
    "gallery_upload_failures_total", "Upload requests that were refused or broke off, by reason.", ["reason"]
)
INGESTS = Counter("gallery_ingests_total", "Ingested blobs, by outcome.", ["outcome"])
DERIVATIVE_SECONDS = Histogram(
    "gallery_derivative_seconds",
    "Wall time from an original to its facts and derivatives, by kind of original.",
    ["kind"],
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60),
)
INGEST_CPU = Counter("gallery_ingest_cpu_seconds_total", "CPU time of decoding children.")
