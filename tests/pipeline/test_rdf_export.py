from __future__ import annotations

import gzip
import re
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib

from ontograft.errors import ResultsError, SettingsError
from ontograft.pipeline import Results
from ontograft.pipeline.rdf_export import FORMATS, export_rdf
from ontograft.pipeline.results_rdf import trig

from .results import make_results


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize("zipped", ["", ".gz"])
def test_each_format_says_the_same(
    results: Results, tmp_path: Path, suffix: str, zipped: str
) -> None:
    path = tmp_path / f"all{suffix}{zipped}"
    export_rdf(results, path)
    content = gzip.decompress(path.read_bytes()) if zipped else path.read_bytes()
    expected = set(ox.parse(b"".join(trig(results)), ox.RdfFormat.TRIG))
    assert set(ox.parse(content, FORMATS[suffix])) == expected
    assert [each.name for each in tmp_path.iterdir()] == [path.name]


def test_a_gzipped_export_is_the_same_each_time(results: Results, tmp_path: Path) -> None:
    for name in ("a.nq.gz", "b.nq.gz"):
        export_rdf(results, tmp_path / name)
    assert (tmp_path / "a.nq.gz").read_bytes() == (tmp_path / "b.nq.gz").read_bytes()


@pytest.mark.parametrize(
    ("suffix", "form"), [(".nq", "nquads"), (".trig", "trig"), (".jsonld", "json-ld")]
)
@pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")  # of rdflib's own names
def test_rdflib_reads_it(results: Results, tmp_path: Path, suffix: str, form: str) -> None:
    path = tmp_path / f"all{suffix}"
    export_rdf(results, path)
    dataset = rdflib.Dataset()
    dataset.parse(data=path.read_bytes(), format=form)
    assert sum(1 for _ in dataset.quads()) == len(
        set(ox.parse(b"".join(trig(results)), ox.RdfFormat.TRIG))
    )


@pytest.mark.parametrize("name", ["all.ttl", "all", "all.gz"])
def test_another_ending_is_refused(results: Results, tmp_path: Path, name: str) -> None:
    expected = re.escape("expected a name that ends in one of: .nq, .trig, .jsonld; .gz may follow")
    with pytest.raises(SettingsError, match=expected):
        export_rdf(results, tmp_path / name)


def test_damaged_results_leave_no_file(tmp_path: Path) -> None:
    made = make_results(tmp_path / "results")
    part = next((tmp_path / "results" / "mentions").iterdir())
    content = bytearray(part.read_bytes())
    content[len(content) // 2] ^= 1
    part.write_bytes(bytes(content))
    with pytest.raises(ResultsError, match="is damaged"):
        export_rdf(Results.open(made.folder), tmp_path / "all.nq")
    assert not list(tmp_path.glob("*all*"))
