"""What the documents say is what the code says."""

import re
from dataclasses import asdict
from pathlib import Path

import pytest
import yaml

from ontograft.kg import LinkerOptions
from ontograft.pipeline import Project
from ontograft.pipeline.settings import describe

ROOT = Path(__file__).resolve().parents[1]
HEADING = """# Settings of a project file

Written from the settings themselves (`pipeline/settings.py`, `pipeline/sections.py`,
`pipeline/training_settings.py`); the same list as `ontograft fit --explain-settings`. Paths are
relative to the file; a key that is not listed is refused.

| setting | default | meaning |
|---|---|---|
"""


def settings_page() -> str:
    rows = [
        f"| `{name}` | {default} | {meaning.replace('|', chr(92) + '|')} |"
        for name, default, meaning in describe()
    ]
    return HEADING + "\n".join(rows) + "\n"


def test_the_settings_page_is_the_settings() -> None:
    assert (ROOT / "docs" / "settings.md").read_text(encoding="utf-8") == settings_page(), (
        "write it anew: python tests/test_docs.py"
    )


def test_the_project_files_of_the_readme_are_accepted() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    whole, few = map(yaml.safe_load, re.findall(r"```yaml\n(.*?)```", readme, flags=re.DOTALL))
    assert Project.of(whole, base="somewhere").output == Path("somewhere/runs/doid")
    project = Project.of(whole | few, base="somewhere")
    assert project.corpus.unlabelled == Path("somewhere/more.jsonl")


def test_the_linkers_page_names_every_option_with_its_default() -> None:
    page = (ROOT / "docs" / "linker.md").read_text(encoding="utf-8")
    stated = dict(re.findall(r"^\| `(\w+)` \| (\S+) \|", page, flags=re.MULTILINE))
    options = {name: str(value).lower() for name, value in asdict(LinkerOptions()).items()}
    assert {name: stated.get(name) for name in options} == options


PAGES = ("README.md", "benchmarks/README.md", *(f"docs/{p.name}" for p in ROOT.glob("docs/*.md")))


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", text):
        assert ((ROOT / page).parent / target).exists(), target


if __name__ == "__main__":
    (ROOT / "docs" / "settings.md").write_text(settings_page(), encoding="utf-8")
