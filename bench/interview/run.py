"""The speed of an interview: databases in, a table of CPU, throughput, page turns and statements out.

    .ci/services .venv/bin/python bench/interview/run.py --client .bench/bin/python

See README.md beside this file.
"""

import argparse
import sys
import tempfile
from pathlib import Path
from statistics import median

import inside
import proxy
import stage
from fill import fill
from load import Tools, show

from survey import create_app
from survey.config import Config
from survey.store.engine import connect

SHARED = Path(__file__).parents[3] / "shared/tools"


def main() -> None:
    """Measure what was asked for."""
    options = arguments()
    if not (options.tools / "respondent_load.py").is_file():
        print(f"skipped: respondent_load.py is not in {options.tools} (--tools FOLDER)")
        return
    tools = Tools(options.tools, options.client, options.modules)
    for kind in options.databases.split(","):
        with tempfile.TemporaryDirectory(prefix="tolqyn-bench-", dir=options.folder) as folder:
            Path(folder).chmod(0o755)
            if options.pairs:
                compare(kind, Path(folder), tools, options)
            else:
                measure(kind, Path(folder), tools, options)


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--databases", default="sqlite,postgresql")
    parser.add_argument("--tools", type=Path, default=SHARED, help="folder of respondent_load.py")
    parser.add_argument("--client", default=sys.executable, help="Python with aiohttp and selectolax")
    parser.add_argument("--modules", default="", help="folder with playwright-core; weighs the pages too")
    parser.add_argument("-n", "--responses", type=int, default=400, help="interviews for each concurrency")
    parser.add_argument("-c", "--concurrency", default="1,8,32")
    parser.add_argument("--slow", type=int, default=0, help="slow clients held behind nginx meanwhile")
    parser.add_argument("--pairs", type=int, default=0, help="empty and full database in turn, so many times")
    parser.add_argument("--answers", type=int, default=10_000_000, help="stored answers of the full one")
    parser.add_argument("--folder", help="where the databases lie; an overlay or tmpfs syncs for nothing")
    return parser.parse_args()


def measure(kind: str, folder: Path, tools: Tools, options: argparse.Namespace) -> None:
    """One database: statements, load, the proxy with its slow clients, and the pages' weight."""
    config = stage.instance(folder / "home", kind)
    statements(config, kind)
    with stage.serving(config) as address:
        cpu = stage.processes(config)
        show(kind, tools.respondents(address, cpu, options.responses, options.concurrency))
        weigh(tools, address)
        if options.slow:
            behind_nginx(config, folder, tools, options)


def statements(config: Config, kind: str) -> None:
    """What one page's post sends to the database, counted inside the application."""
    app = create_app(config)
    database = app.extensions["tolqyn"].database
    posts: list[int] = []
    with inside.statements(database.engine) as sent:

        def note(name: str, _seconds: float) -> None:
            if name.startswith("POST q/"):
                posts.append(len(sent))
            sent.clear()

        inside.Interview(app, note).run()  # the first reads the questionnaire
        posts.clear()
        last = inside.Interview(app, note)
        last.run()
    database.close()
    print(f"{kind:<24}SQL statements of the posts of one interview: {posts}", flush=True)
    weights = ", ".join(f"{name.removeprefix('GET ')} {size:,}" for name, size in last.weights.items())
    print(f"{'':<24}bytes of its pages, compressed: {weights}", flush=True)


def weigh(tools: Tools, address: str) -> None:
    """Bytes and waiting in a browser."""
    found = tools.weight(address)
    if found is None:
        print(f"{'pages':<24}not weighed: needs node, chromium and --modules FOLDER-OF-PLAYWRIGHT-CORE")
        return
    # Its controls are the buttons of the languages: the tool's `answerable_ms` counts fields only.
    print(
        f"{'first page, slow phone':<24}{found['requests']} request, {found['bytes']:,} bytes, "
        f"a language can be chosen after {found['fcp_ms'] / 1000:.2f} s",
        flush=True,
    )


def behind_nginx(config: Config, folder: Path, tools: Tools, options: argparse.Namespace) -> None:
    """The guide's nginx, alone and while slow clients sit in front of it."""
    if not proxy.installed():
        print(f"{'nginx':<24}skipped: not installed (apt-get install nginx-light)")
        return
    cpu = stage.processes(config) + rf"|nginx: |-p {folder}/nginx/"
    with proxy.in_front_of(config, folder / "nginx") as address:
        show("behind nginx", tools.respondents(address, cpu, options.responses, options.concurrency))
        with proxy.slow_clients(address, options.slow):
            show("with slow clients", tools.respondents(address, cpu, options.responses, options.concurrency))


def compare(kind: str, folder: Path, tools: Tools, options: argparse.Namespace) -> None:
    """An empty and a full database in turn; the median of the pairs' ratios."""
    empty, full = (stage.instance(folder / name, kind) for name in ("empty", "full"))
    statements(full, kind)
    database = connect(full.database_url)
    print(f"{kind:<24}{fill(database, options.answers):,} answers stored", flush=True)
    database.close()
    ratios: dict[str, list[float]] = {"CPU a response": [], "page turn p95": []}
    with stage.serving(empty) as one, stage.serving(full) as other:
        for _ in range(options.pairs):
            pair = []
            for name, config, address in (("empty", empty, one), ("full", full, other)):
                cpu = stage.processes(config)
                rows = tools.respondents(address, cpu, options.responses, options.concurrency)
                show(f"{kind} {name}", rows)
                pair.append(rows[-1])
            for name, key in (("CPU a response", None), ("page turn p95", "page_turn")):
                before, after = (
                    row[key]["p95_ms"] if key else row["server_cpu_ms_per_response"] for row in pair
                )
                ratios[name].append(after / before)
    for name, values in ratios.items():
        print(f"{kind:<24}{name}, full to empty: median {median(values):.2f} of {len(values)} pairs")


if __name__ == "__main__":
    main()
