"""The store of runs: what goes in comes out, for every tool, and damage never passes unseen."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from fake_run import (
    HOURS,
    LABELS,
    LINKS,
    START,
    begin,
    fake_block,
    fill,
    finished_run,
    one_replication,
    settings,
)
from staffride.errors import StaffrideError
from staffride.results.block import (
    GROUPS,
    DamagedBlockError,
    StoredBlock,
    block_path,
    read_block,
    write_block,
)
from staffride.results.document import as_document
from staffride.results.folder import partition
from staffride.results.manifest import NotARunError, read_manifest
from staffride.results.new_folder import default_folder
from staffride.results.run import Run, list_runs, open_run
from staffride.results.tables import LEVELS, statistics
from staffride.results.vocabulary import MEANINGS, meaning

ARRAYS = hnp.arrays(
    st.sampled_from([np.float32, np.float64, np.int16, np.int32, np.bool_]),
    hnp.array_shapes(min_dims=1, max_dims=3, min_side=0, max_side=4),
)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return finished_run(tmp_path_factory.mktemp("store") / "a-run")


def sample(name: str, replications: int = 10) -> np.ndarray:
    return np.stack([one_replication(1, r)[name] for r in range(replications)]).astype(np.float32)


class TestBlock:
    @given(st.dictionaries(st.text(min_size=1, max_size=8), ARRAYS, max_size=4))
    @hypothesis_settings(
        max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
    )
    def test_every_array_comes_back_bit_for_bit(self, tmp_path: Path, arrays: dict[str, np.ndarray]) -> None:
        path = write_block(tmp_path, "key", StoredBlock(0, 4, series=arrays, events=arrays))
        back = read_block(path, "key")
        for group in ("series", "events"):
            found = getattr(back, group)
            assert list(found) == list(arrays)
            for name, values in arrays.items():
                assert found[name].dtype == values.dtype
                assert found[name].shape == values.shape
                assert found[name].tobytes() == values.tobytes()

    def test_its_name_says_which_replications_it_holds(self, tmp_path: Path) -> None:
        assert block_path(tmp_path, 50, 25).name == "000050-000074.block"

    @pytest.mark.parametrize("where", [0.0, 0.01, 0.3, 0.7, 0.999])
    def test_one_changed_byte_is_seen(self, tmp_path: Path, where: float) -> None:
        path = write_block(tmp_path, "key", fake_block(0, 3))
        content = bytearray(path.read_bytes())
        content[int(where * len(content))] ^= 1
        path.write_bytes(content)
        with pytest.raises(DamagedBlockError, match="checksum"):
            read_block(path, "key")

    @pytest.mark.parametrize("length", [0, 1, 40, 100, 5000])
    def test_a_block_cut_short_is_seen(self, tmp_path: Path, length: int) -> None:
        path = write_block(tmp_path, "key", fake_block(0, 3))
        path.write_bytes(path.read_bytes()[:length])
        with pytest.raises(DamagedBlockError):
            read_block(path, "key")

    def test_a_block_of_another_run_is_refused(self, tmp_path: Path) -> None:
        path = write_block(tmp_path, "key", fake_block(0, 3))
        with pytest.raises(DamagedBlockError, match="another run"):
            read_block(path, "other")

    def test_all_groups_are_kept(self, tmp_path: Path) -> None:
        back = read_block(write_block(tmp_path, "key", fake_block(6, 2)), "key")
        assert (back.first, back.count) == (6, 2)
        assert all(getattr(back, group) for group in GROUPS)


class TestStatistics:
    @given(
        hnp.arrays(
            np.float64,
            st.tuples(st.integers(1, 12), st.integers(1, 5)),
            elements=st.one_of(st.just(np.nan), st.floats(-1e6, 1e6)),
        )
    )
    def test_quantiles_are_those_of_numpy_without_missing_values(self, values: np.ndarray) -> None:
        found = statistics(values)
        for column in range(values.shape[1]):
            present = values[:, column][~np.isnan(values[:, column])]
            if present.size:
                expected = [present.mean(), *np.quantile(present, list(LEVELS.values()))]
                np.testing.assert_allclose(found[:, column], expected, rtol=1e-12, atol=1e-6)
            else:
                assert np.isnan(found[:, column]).all()

    def test_worked_value(self) -> None:
        # type 7: position 0.25 * (5 - 1) = 1, so the second smallest of 10, 20, 30, 40, 100
        found = statistics(np.array([[30.0], [10.0], [100.0], [20.0], [40.0]]), (0.25, 0.5, 0.9))
        assert found[:, 0].tolist() == [40.0, 20.0, 30.0, pytest.approx(76.0)]

    def test_order_of_replications_does_not_matter(self) -> None:
        values = sample("delay_hours")
        assert statistics(values).tobytes() == statistics(values[::-1]).tobytes()


class TestTables:
    def test_series_hold_every_cell(self, run: Run) -> None:
        frame = pd.read_parquet(run.folder / "series.parquet")
        assert len(frame) == 10 * HOURS
        assert frame["replication"].tolist() == np.repeat(np.arange(10), HOURS).tolist()
        for name in ("arrivals", "flow", "delay_hours", "shelter.total"):
            expected = sample(name).reshape(-1)
            np.testing.assert_array_equal(frame[name].to_numpy(np.float32), expected)

    def test_time_is_the_end_of_the_hour_with_its_zone(self, run: Run) -> None:
        frame = pd.read_parquet(run.folder / "series.parquet")
        assert str(frame["time"].dt.tz) == "UTC"
        assert frame["time"].iloc[0] == pd.Timestamp(START + timedelta(hours=1))
        assert frame["time"].iloc[HOURS - 1] == pd.Timestamp(START + timedelta(hours=HOURS))

    def test_polars_reads_missing_delays_as_null(self, run: Run) -> None:
        column = pl.read_parquet(run.folder / "series.parquet")["delay_hours"]
        assert column.null_count() == int(np.isnan(sample("delay_hours")).sum())
        assert column.mean() == pytest.approx(np.nanmean(sample("delay_hours")), rel=1e-6)

    def test_duckdb_reads_them(self, run: Run) -> None:
        path = run.folder / "totals.parquet"
        found = duckdb.sql(
            f"""select replication, "population.residents" from '{path}' order by 1"""
        ).fetchall()
        assert found == [(r, 1000.0 + r) for r in range(10)]

    def test_summary_is_that_of_the_cells(self, run: Run) -> None:
        frame = pd.read_parquet(run.folder / "summary.parquet")
        part = frame[frame["series"] == "flow"]
        np.testing.assert_allclose(part["q95"], np.quantile(sample("flow").astype(float), 0.95, axis=0))
        np.testing.assert_allclose(part["mean"], sample("flow").astype(float).mean(axis=0))

    def test_links_have_a_row_for_each_link_and_hour(self, run: Run) -> None:
        frame = pd.read_parquet(run.folder / "links.parquet")
        assert len(frame) == len(LINKS) * HOURS
        vehicles = fake_block(0, 10).links["vehicles"]
        row = frame[(frame["link"] == "E02") & (frame["time"] == pd.Timestamp(START + timedelta(hours=7)))]
        assert row["vehicles_q50"].item() == np.median(vehicles[:, 6, 1])
        assert row["queue_mean"].item() == pytest.approx(vehicles[:, 6, 1].mean() / 2)

    def test_events_carry_names_not_codes(self, run: Run) -> None:
        frame = pd.read_parquet(run.folder / "events.parquet")
        assert frame["kind"].tolist() == ["explosion", "first_crossing"] * 5
        assert frame["place"].tolist()[:4] == ["", "goris", "khankendi_stepanakert", ""]
        assert frame["time"].iloc[2] == pd.Timestamp(START + timedelta(hours=2))

    def test_the_size_of_blocks_changes_no_byte(self, run: Run, tmp_path: Path) -> None:
        other = finished_run(tmp_path / "other", block=4)
        for name in ("series", "totals", "summary", "links", "events"):
            file = f"{name}.parquet"
            assert (other.folder / file).read_bytes() == (run.folder / file).read_bytes(), name


class TestRun:
    def test_series_are_attributes_and_items(self, run: Run) -> None:
        np.testing.assert_array_equal(run.arrivals.values, sample("arrivals"))
        np.testing.assert_array_equal(run["shelter.total"].values, sample("shelter.total"))
        assert {"arrivals", "flow"} <= set(dir(run))
        assert [one.name for one in run] == ["arrivals", "flow", "delay_hours", "shelter.total"]

    def test_an_unknown_series_names_the_nearest(self, run: Run) -> None:
        with pytest.raises(KeyError, match="did you mean 'arrivals'"):
            run["arrival"]
        with pytest.raises(AttributeError, match="did you mean 'flow'"):
            _ = run.flows

    def test_quantile_mean_and_band(self, run: Run) -> None:
        curve = run.flow.quantile(0.5)
        np.testing.assert_allclose(curve.values, np.median(sample("flow"), axis=0))
        assert curve.name == "flow, 50 % quantile"
        low, high = run.flow.band(0.9)
        np.testing.assert_allclose(low.values, np.quantile(sample("flow").astype(float), 0.05, axis=0))
        assert (low.values <= run.flow.mean().values).all()
        assert (run.flow.mean().values <= high.values).all()
        with pytest.raises(ValueError, match="between 0 and 1"):
            run.flow.quantile(95)

    @pytest.mark.parametrize(
        ("moment", "hour"),
        [
            ("2023-09-24T05:00", 5.0),
            ("2023-09-24T01:00:00+00:00", 5.0),
            ("2023-09-24T05:30", 5.5),
            (datetime(2023, 9, 25, 6, tzinfo=timezone(timedelta(hours=4))), 30.0),
            (np.datetime64("2023-09-23T21:15"), 1.25),
        ],
    )
    def test_at_a_moment(self, run: Run, moment: object, hour: float) -> None:
        column = hour - 1
        values = sample("arrivals").astype(float)
        low, high = values[:, int(column)], values[:, min(int(column) + 1, HOURS - 1)]
        np.testing.assert_allclose(run.arrivals.at(moment), low + (column % 1) * (high - low))

    @pytest.mark.parametrize("moment", ["2023-09-24T00:30", "2023-09-26", "2024-01-01", "soon"])
    def test_a_moment_outside_the_run_is_refused(self, run: Run, moment: str) -> None:
        with pytest.raises(StaffrideError, match=r"outside the run|not a date"):
            run.arrivals.at(moment)

    def test_pandas_and_polars_have_local_time(self, run: Run) -> None:
        frame = run.arrivals.to_pandas()
        assert frame.shape == (HOURS, 10)
        assert str(frame.index[0]) == "2023-09-24 01:00:00+04:00"
        long = run.arrivals.to_polars()
        assert long["time"][0].isoformat() == "2023-09-24T01:00:00+04:00"
        assert long.columns == ["replication", "time", "arrivals"]
        assert str(run.summary.to_pandas()["time"].iloc[0]) == "2023-09-24 01:00:00+04:00"
        assert run.summary.to_polars()["time"][0].isoformat() == "2023-09-24T01:00:00+04:00"

    def test_xarray_is_labelled(self, run: Run) -> None:
        data = run.to_xarray()
        assert dict(data.sizes) == {"replication": 10, "time": HOURS}
        assert data["delay_hours"].attrs["units"] == "h"
        assert float(data["arrivals"].sel(replication=3).isel(time=-1)) == sample("arrivals")[3, -1]
        assert data.attrs["seed"] == 1

    def test_sql_knows_all_tables(self, run: Run) -> None:
        counts = [
            run.sql(f"select count(*) as n from {name}").fetchall()[0][0]
            for name in ("series", "totals", "summary", "links", "events")
        ]
        assert counts == [300, 10, 120, 90, 10]
        first = run.sql("select min(time) as first from series").fetchall()[0][0]
        assert first.isoformat() == "2023-09-24T01:00:00+04:00"
        with pytest.raises(StaffrideError, match="query failed"):
            run.sql("select nothing from nowhere")

    def test_two_open_runs_do_not_meet_in_sql(self, run: Run, tmp_path: Path) -> None:
        other = finished_run(tmp_path / "other", replications=4)
        sizes = [one.sql("select count(*) as n from totals").fetchall()[0][0] for one in (run, other, run)]
        assert sizes == [10, 4, 10]

    def test_it_says_what_it_is(self, run: Run) -> None:
        assert "10 replications" in repr(run)
        assert "complete" in repr(run)
        assert "median" in repr(run.arrivals)
        assert "<svg" in run._repr_html_()
        assert "NaN" not in run.delay_hours._repr_html_()
        assert "nan" not in run.delay_hours._repr_html_().split("<svg")[1].split("</svg>")[0]
        assert "replication" in repr(run.totals)
        assert "1 to" not in repr(run.flow.mean())

    def test_parameters_and_totals_are_told_apart(self, run: Run) -> None:
        assert run.parameter_names == ("population.residents",)
        assert run.total_names == ("leavers",)

    def test_without_matplotlib_the_error_says_what_to_install(
        self, run: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)
        with pytest.raises(StaffrideError, match="pip install matplotlib"):
            run.arrivals.plot()

    def test_a_damaged_table_is_an_error_in_words(self, tmp_path: Path) -> None:
        run = finished_run(tmp_path / "r")
        (run.folder / "series.parquet").write_bytes(b"PAR1 and nothing else")
        with pytest.raises(StaffrideError, match=r"series\.parquet is damaged"):
            _ = run.arrivals
        assert run.verify() == ["series.parquet"]


class TestManifest:
    def test_checksums_are_those_of_the_files(self, run: Run) -> None:
        files = run.manifest.files
        assert set(files) >= {
            f"{name}.parquet" for name in ("series", "totals", "summary", "links", "events")
        }
        for name, record in files.items():
            content = (run.folder / name).read_bytes()
            assert hashlib.sha256(content).hexdigest() == record.sha256
            assert len(content) == record.size
        assert run.verify() == []

    def test_it_survives_a_round_trip(self, run: Run) -> None:
        again = read_manifest(run.folder)
        assert again == run.manifest
        assert again.settings == settings()
        assert again.settings.key() == settings().key()
        assert again.wall_seconds == 1.5

    def test_it_speaks_prov(self, run: Run) -> None:
        content = json.loads((run.folder / "manifest.json").read_text())
        prov = content["provenance"]
        made = {relation["prov:entity"] for relation in prov["wasGeneratedBy"].values()}
        assert made == {f"run:{name}" for name in content["files"]}
        assert made <= set(prov["entity"])
        assert all(relation["prov:entity"] in prov["entity"] for relation in prov["used"].values())
        assert content["packages"]["numpy"] == np.__version__

    @pytest.mark.parametrize(
        "content", ["", "{", "[]", '{"format": "staffride run 99"}', '{"format": "staffride run 1"}', "null"]
    )
    def test_a_damaged_one_is_an_error_in_words(self, tmp_path: Path, content: str) -> None:
        (tmp_path / "manifest.json").write_text(content)
        with pytest.raises(NotARunError, match=r"manifest\.json"):
            open_run(tmp_path)

    def test_a_folder_without_one_is_no_run(self, tmp_path: Path) -> None:
        with pytest.raises(NotARunError, match="staffride runs"):
            open_run(tmp_path)

    def test_every_setting_is_part_of_the_key(self) -> None:
        base = settings()
        changed = [
            settings(seed=2),
            settings(replications=11),
            settings(scenario_digest="x"),
            settings(mode="prior"),
        ]
        assert len({base.key(), *(one.key() for one in changed)}) == 5
        assert base.changes(settings(seed=2, mode="prior")) == ["seed", "mode"]


class TestDocument:
    def test_it_has_the_promised_shape(self, run: Run) -> None:
        document = as_document(run)
        assert list(document) == ["run", "series", "dates", "totals", "scores"]
        about = document["run"]
        assert list(about) == [
            "folder",
            "scenario",
            "seed",
            "replications",
            "version",
            "cut-off",
            "wall_seconds",
        ]
        entry = document["series"]["arrivals"][4]
        assert list(entry) == ["time", "mean", "q05", "q25", "q50", "q75", "q95"]
        assert entry["time"] == "2023-09-24T05:00:00+04:00"
        assert entry["q50"] == float(np.median(sample("arrivals")[:, 4]))
        assert list(document["totals"]) == ["leavers"]
        assert len(document["series"]["flow"]) == HOURS

    def test_it_is_valid_json_where_values_are_missing(self, run: Run) -> None:
        text = json.dumps(as_document(run), allow_nan=False)
        assert json.loads(text)["series"]["delay_hours"][0]["q50"] is None


class TestFolders:
    def test_runs_are_listed_and_what_is_none_is_left_out(self, tmp_path: Path) -> None:
        finished_run(tmp_path / "one")
        begin(tmp_path / "two")
        (tmp_path / "three").mkdir()
        (tmp_path / "four").mkdir()
        (tmp_path / "four" / "manifest.json").write_text("{")
        assert {run.name: run.status for run in list_runs(tmp_path)} == {"one": "complete", "two": "running"}
        assert list_runs(tmp_path / "nowhere") == []

    def test_a_run_without_tables_says_how_to_complete_it(self, tmp_path: Path) -> None:
        begin(tmp_path / "r")
        run = open_run(tmp_path / "r")
        assert run.replications == 0
        assert "0 of 10 replications" in repr(run)
        with pytest.raises(StaffrideError, match="--resume"):
            _ = run.arrivals

    def test_two_runs_in_one_second_get_two_folders(self, tmp_path: Path) -> None:
        folders = set()
        for _ in range(3):
            folder = default_folder("fake", tmp_path)
            folder.mkdir()
            folders.add(folder)
        assert len(folders) == 3

    @given(st.integers(0, 200), st.integers(1, 60))
    def test_a_partition_holds_every_replication_once(self, replications: int, size: int) -> None:
        held = [r for first, count in partition(replications, size) for r in range(first, first + count)]
        assert held == list(range(replications))

    def test_opening_a_run_loads_no_numerical_library(self, run: Run) -> None:
        code = (
            "import sys, staffride; run = staffride.open_run(sys.argv[1]); run.scenario; "
            "print(sorted({'numba', 'duckdb', 'pydantic', 'pandas'} & set(sys.modules)))"
        )
        done = subprocess.run(
            [sys.executable, "-c", code, str(run.folder)], capture_output=True, text=True, check=True
        )
        assert done.stdout.strip() == "[]"


def test_every_province_has_a_meaning() -> None:
    assert meaning("shelter.syunik").unit == "persons"
    assert "syunik" in meaning("shelter.syunik").text
    assert all(one.unit and one.text for one in MEANINGS.values())


def test_blocks_are_removed_when_the_run_is_complete(tmp_path: Path) -> None:
    store = begin(tmp_path / "r")
    fill(store)
    assert len(list(store.blocks.iterdir())) == 4
    store.assemble(LABELS)
    assert not store.blocks.exists()
    assert store.missing() == []
