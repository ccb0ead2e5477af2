"""The shared measuring tools: where they lie and a server's address in, their figures out."""

import json
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
Row = dict[str, Any]


@dataclass(frozen=True)
class Tools:
    """respondent_load.py and page_weight.mjs, and what runs them."""

    folder: Path
    python: str
    """An interpreter with aiohttp and selectolax, not the application's own."""
    modules: str
    """Where playwright-core is installed; empty when the pages are not weighed."""

    def respondents(self, address: str, pattern: str, number: int, concurrency: str) -> list[Row]:
        """A row for each concurrency: CPU a response, responses/s, page turns. Ends the bench on an error."""
        with tempfile.NamedTemporaryFile(suffix=".json") as out:
            command = [
                *(self.python, str(self.folder / "respondent_load.py"), address),
                *("--adapter", str(HERE / "respondents.py"), "-n", str(number), "-c", concurrency),
                *(f"--server-cpu={pattern}", "--warmup", "20", "--json", out.name),
            ]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode:
                sys.exit(f"{done.stdout}{done.stderr}")
            return list(json.loads(Path(out.name).read_text())["runs"])

    def weight(self, address: str) -> Row | None:
        """The first page in a phone's browser on a slow network; None where it cannot be run."""
        if not self.modules or not shutil.which("node") or not Path("/usr/bin/chromium").exists():
            return None
        with tempfile.NamedTemporaryFile(suffix=".json") as out:
            command = [
                *("node", str(self.folder / "page_weight.mjs"), f"{address}/s/speed/"),
                *("--modules", self.modules, "--json", out.name),
            ]
            subprocess.run(command, capture_output=True, text=True, check=True)
            return dict(json.loads(Path(out.name).read_text())["summary"]["first_page"])


def show(name: str, rows: list[Row]) -> None:
    """One line for each concurrency."""
    for row in rows:
        turn = row["page_turn"]
        print(
            f"{name:<24}c={row['concurrency']:<4}{row['server_cpu_ms_per_response']:>6.1f} ms CPU/response"
            f"{row['responses_per_s']:>8.1f} responses/s   page turn p50 {turn['p50_ms']:>6.1f}"
            f"  p95 {turn['p95_ms']:>6.1f} ms   {row['bytes_in_per_response'] / 1000:>5.1f} kB in"
            f"   {row['errors']} errors   other work {row['other_cores_used']} cores",
            flush=True,
        )
