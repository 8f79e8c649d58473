#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes dashboard.json, the Grafana dashboard, and checks it: generate.py [--check PROGRAM-OUTPUT].

With --check nothing is written: dashboard.json must be what this script makes, and each metric that it asks for must be in the given
file of metrics, or be one that needs a kernel's counts, named in KERNEL."""

import json
import pathlib
import re
import sys

TARGET = pathlib.Path(__file__).resolve().parent / "dashboard.json"
HOST = '{instance=~"$instance"}'
# Of these a machine without a cache in use has no samples.
KERNEL = {"cachefiles_kernel_hits_total", "cachefiles_kernel_misses_total", "cachefiles_kernel_cache_writes_total",
          "cachefiles_kernel_culled_total", "cachefiles_kernel_refused_for_space_total", "cachefiles_kernel_cache_reads_total",
          "cachefiles_kernel_downloads_total", "cachefiles_cache_open_objects", "cachefiles_live", "cachefiles_limit_bytes",
          "cachefiles_limit_files", "cachefiles_dirty_objects"}


def target(expression, legend, number):
    return {"datasource": {"type": "prometheus", "uid": "${datasource}"}, "expr": expression.replace("HOST", HOST),
            "legendFormat": legend, "refId": "ABCDEFGH"[number]}


def panel(identifier, kind, title, x, y, width, height, unit, targets, **options):
    defaults = {"unit": unit, "min": 0, **options.pop("defaults", {})}
    return {"id": identifier, "type": kind, "title": title, "gridPos": {"x": x, "y": y, "w": width, "h": height},
            "datasource": {"type": "prometheus", "uid": "${datasource}"},
            "targets": [target(expression, legend, number) for number, (expression, legend) in enumerate(targets)],
            "fieldConfig": {"defaults": defaults, "overrides": []}, "options": options}


def rate(name):
    return f"rate(cachefiles_kernel_{name}_total" + "HOST[$__rate_interval])"


def dashboard():
    states = [{"type": "value", "options": {"0": {"text": "not bound", "color": "red"}, "1": {"text": "in use", "color": "green"}}}]
    panels = [
        panel(1, "stat", "Cache", 0, 0, 4, 4, "none", [("cachefiles_liveHOST", "{{instance}}")],
              defaults={"mappings": states}),
        panel(2, "stat", "Hit ratio", 4, 0, 4, 4, "percentunit",
              [(f"{rate('hits')} / ({rate('hits')} + {rate('misses')})", "{{instance}}")], defaults={"max": 1}),
        panel(3, "stat", "Space until culling begins", 8, 0, 4, 4, "bytes",
              [('cachefiles_file_system_available_bytesHOST - on (instance) cachefiles_limit_bytes{instance=~"$instance",limit="bcull"}',
                "{{instance}}")]),
        panel(4, "stat", "Objects", 12, 0, 4, 4, "short", [("sum by (instance) (cachefiles_objectsHOST)", "{{instance}}")]),
        panel(5, "stat", "Dirty objects", 16, 0, 4, 4, "short",
              [("sum by (instance) (cachefiles_dirty_objectsHOST)", "{{instance}}")]),
        panel(6, "stat", "Lost objects", 20, 0, 4, 4, "short", [("cachefiles_unreachable_objectsHOST", "{{instance}}")]),
        panel(7, "timeseries", "Reads a second", 0, 4, 12, 8, "reqps",
              [(rate("hits"), "from the cache"), (rate("misses"), "from servers")]),
        panel(8, "timeseries", "Writes to the cache, culls and refusals a second", 12, 4, 12, 8, "ops",
              [(rate("cache_writes"), "writes"), (rate("culled"), "culls"), (rate("refused_for_space"), "refused for space")]),
        panel(9, "timeseries", "Space available and limits", 0, 12, 12, 8, "bytes",
              [("cachefiles_file_system_available_bytesHOST", "available"), ("cachefiles_limit_bytesHOST", "{{limit}}")]),
        panel(10, "timeseries", "Files free and limits", 12, 12, 12, 8, "short",
              [("cachefiles_file_system_free_filesHOST", "free"), ("cachefiles_limit_filesHOST", "{{limit}}")]),
        panel(11, "timeseries", "Volumes that occupy most", 0, 20, 12, 8, "bytes",
              [("topk(10, cachefiles_disk_bytesHOST)", "{{volume}}")]),
        panel(12, "bargauge", "Objects by last use", 12, 20, 6, 8, "short",
              [("cachefiles_objects_by_ageHOST", "up to {{up_to}} s")]),
        panel(13, "bargauge", "Objects by length", 18, 20, 6, 8, "short",
              [("cachefiles_objects_by_lengthHOST", "up to {{up_to}} B")]),
        panel(14, "timeseries", "Graveyard", 0, 28, 12, 6, "short", [("cachefiles_graveyard_entriesHOST", "entries")]),
        panel(15, "timeseries", "Objects that the kernel has open", 12, 28, 12, 6, "short",
              [("cachefiles_cache_open_objectsHOST", "{{cache}}")]),
    ]
    variables = [
        {"name": "datasource", "label": "Data source", "type": "datasource", "query": "prometheus"},
        {"name": "instance", "label": "Machine", "type": "query", "datasource": {"type": "prometheus", "uid": "${datasource}"},
         "query": {"query": "label_values(cachefiles_build_info, instance)", "refId": "instance"},
         "multi": True, "includeAll": True, "refresh": 2, "current": {"text": "All", "value": "$__all"}},
    ]
    return {"title": "Cache of network file systems", "uid": "cachefiles", "tags": ["cachefiles", "fscache"], "schemaVersion": 39,
            "version": 1, "editable": True, "refresh": "1m", "time": {"from": "now-6h", "to": "now"},
            "templating": {"list": variables}, "annotations": {"list": []}, "links": [], "panels": panels}


def main():
    text = json.dumps(dashboard(), indent=1) + "\n"
    if sys.argv[1:2] != ["--check"]:
        TARGET.write_text(text)
        return
    wrong = []
    if TARGET.read_text() != text:
        wrong.append("dashboard.json is not what generate.py makes")
    known = set(re.findall(r"^(cachefiles_\w+)", pathlib.Path(sys.argv[2]).read_text(), re.M)) | KERNEL
    asked = set(re.findall(r"\bcachefiles_\w+", " ".join(t["expr"].replace(HOST, "") for p in dashboard()["panels"] for t in p["targets"])))
    wrong += [f"no metric is called {name}" for name in sorted(asked - known)]
    panels = dashboard()["panels"]
    # No panel lies on another, and none leaves the grid.
    places = [(p["gridPos"]["x"] + x, p["gridPos"]["y"] + y) for p in panels
              for x in range(p["gridPos"]["w"]) for y in range(p["gridPos"]["h"])]
    if len(places) != len(set(places)) or max(x for x, _ in places) > 23:
        wrong.append("panels overlap or leave the grid")
    if len({p["id"] for p in panels}) != len(panels):
        wrong.append("two panels have one id")
    if wrong:
        raise SystemExit("\n".join(wrong))


if __name__ == "__main__":
    main()
