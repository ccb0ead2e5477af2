"""Steps of the demonstration on a database: waves made and opened, played over HTTP, closed, released."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import click

import analysis
from instruments import Questionnaire
from survey.cli.acts import actor
from survey.config import LANGUAGES, Config, study_today
from survey.fieldwork.ending import close_for_good
from survey.release import build_release
from survey.simulation import (
    PlannedBatch,
    Server,
    Settings,
    Visit,
    plan_open_link,
    plan_wave,
    play,
)
from survey.store import opening, waves
from survey.store.engine import Database
from survey.store.invitations import BatchSpec, invite

TARGETS = Path(analysis.__file__).parent / "targets" / "kz_2021_18plus.yaml"
CLIENTS = 3


@dataclass(frozen=True)
class Round:
    """One wave to be played."""

    study: str
    wave: str
    alias: str
    probability: bool
    visits: tuple[Visit, ...]

    @property
    def name(self) -> str:
        return f"{self.study}/{self.wave}"


@dataclass(frozen=True)
class Stage:
    """Where the demonstration plays: settings of the instance, its database, and who the people are."""

    config: Config
    database: Database
    settings: Settings
    seed: int

    def prepare(self, questionnaire: Questionnaire, respondents: int) -> list[Round]:
        """Create every wave with its keys and invitations, and open it."""
        rounds = []
        with click.progressbar(self.settings.waves, label="waves and invitations") as names:
            for name in names:
                batches = plan_wave(self.settings, self.seed, name, respondents)
                rounds.append(self._yearly(questionnaire, name, batches))
            rounds.append(self._open_link(questionnaire))
        return rounds

    def leave_open(self, questionnaire: Questionnaire) -> str:
        """Alias of one more wave with an open link, for whoever wants to see the pages."""
        study = self.settings.tryout
        round_ = Round(study["name"], study["wave"], study["alias"], False, ())
        self._create(questionnaire, round_, study["title"], study["opens"], study["closes"])
        with self.database.writing() as session:
            opening.open_wave(session, waves.find_wave(session, round_.alias), questionnaire, study_today())
        return round_.alias

    def play(self, rounds: list[Round]) -> Counter[str]:
        """Let everybody answer; how many visits ended how, and the requests made."""
        counts: Counter[str] = Counter()
        server = Server(self.config.host, self.config.port)
        for found in rounds:
            label = f"answering {found.name}"
            with click.progressbar(length=len(found.visits), label=label, width=30) as bar:
                for outcome in play(server, found.alias, found.visits, processes=CLIENTS):
                    counts[outcome.ended] += 1
                    counts["requests"] += outcome.requests
                    bar.update(1)
        return counts

    def close(self, rounds: list[Round]) -> None:
        """Close the waves: ballots become interviews, keys are destroyed."""
        with click.progressbar(rounds, label="closing") as found:
            for one in found:
                _, verdict = close_for_good(
                    self.config, self.database, one.alias, by="demo", actor=actor("demo")
                )
                if verdict and not verdict.held:
                    click.echo(f"{one.name}: {verdict.summary()}", err=True)

    def release(self, rounds: list[Round]) -> list[analysis.ReleaseRef]:
        """Build the releases; those of probability samples are raked to the margins of Kazakhstan."""
        references = []
        with click.progressbar(rounds, label="weights and releases") as found:
            for one in found:
                with self.database.writing() as session:
                    wave = waves.find_wave(session, one.alias)
                    targets = TARGETS if one.probability else None
                    references.append(
                        build_release(session, wave, self.config.home, targets=targets, today=study_today())
                    )
        return references

    def _yearly(self, questionnaire: Questionnaire, name: str, batches: tuple[PlannedBatch, ...]) -> Round:
        study, period = self.settings.study, self.settings.waves[name]
        round_ = Round(study["name"], name, f"opinion-{name}", True, ())
        self._create(questionnaire, round_, study["title"], period.opens, period.closes)
        visits: list[Visit] = []
        with self.database.writing() as session:
            wave = waves.find_wave(session, round_.alias)
            for batch in batches:
                spec = BatchSpec(
                    name=batch.name,
                    size=len(batch.people),
                    stratum=batch.place.stratum,
                    psu=batch.name,
                    base_weight=batch.base_weight,
                )
                tokens = invite(session, wave, spec)
                pairs = zip(batch.people, tokens, strict=True)
                visits += [Visit(person, token) for person, token in pairs if person.arrives]
            opening.open_wave(session, wave, questionnaire, study_today())
        return replace(round_, visits=tuple(visits))

    def _open_link(self, questionnaire: Questionnaire) -> Round:
        study = self.settings.open_link
        round_ = Round(study["name"], study["wave"], f"poster-{study['wave']}", False, ())
        self._create(questionnaire, round_, study["title"], study["opens"], study["closes"])
        with self.database.writing() as session:
            wave = waves.find_wave(session, round_.alias)
            opening.open_wave(session, wave, questionnaire, study_today())
        people = plan_open_link(self.settings, self.seed, study["wave"], study["respondents"])
        visits = tuple(Visit(person, number=str(n)) for n, person in enumerate(people))
        return replace(round_, visits=visits)

    def _create(
        self, questionnaire: Questionnaire, found: Round, title: Mapping[str, str], opens: date, closes: date
    ) -> None:
        record = self.settings.disclosure
        sample_type = "probability" if found.probability else "nonprobability"
        spec = waves.WaveSpec(
            study=found.study,
            name=found.wave,
            alias=found.alias,
            opens=opens,
            closes=closes,
            organisation=record["organisation"],
            contact=record["contact"],
            sample_type=sample_type,
            public_key="",
            languages=LANGUAGES,
            access="invited" if found.probability else "open",
            synthetic=True,
            seed=self.seed,
            title=title,
            disclosure=record[sample_type],
        )
        text_key = self.config.home / f"{found.alias}.textkey"
        waves.create_with_keys(self.database, self.config.keys, spec, questionnaire, text_key)
