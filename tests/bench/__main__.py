"""Every benchmark, one after the other; each prints its figures beside the bar they are held against."""

import asyncio

from tests.bench import (
    bench_accept,
    bench_bulk,
    bench_cost,
    bench_delivery,
    bench_drift,
    bench_insight,
    bench_internal,
    bench_latency,
    bench_many_hooks,
    bench_paint,
    bench_search,
    bench_server,
    bench_stall,
    bench_tasks,
    bench_writer,
)

for title, work in (
    ("Many hooks", bench_many_hooks.main),
    ("Fields of sources", bench_drift.main),
    ("Writer", bench_writer.main),
    ("Server", bench_server.main),
    ("Cost of an event", bench_cost.main),
    ("Latency", bench_latency.main),
    ("Stalls", bench_stall.main),
    ("Delivery", bench_delivery.main),
    ("Bulk", bench_bulk.main),
    ("Internal actions", bench_internal.main),
    ("What is due", bench_tasks.main),
    ("Looking back", bench_insight.main),
    ("Searching", bench_search.main),
    ("Accepting with the index of texts", bench_accept.main),
    ("Painting", lambda: asyncio.run(bench_paint.run())),
):
    print(f"\n{title}")
    work()
