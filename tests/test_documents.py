"""Files of plain data: what is right is read, whatever is wrong ends in one line that names the file."""

import json
from pathlib import Path
from xml.dom import minidom

import pytest

from tests.commands import printed
from unpatch.cli import main
from unpatch.drawing import draw
from unpatch.graph.build import chain
from unpatch.graph.check import MOST_NODES, check
from unpatch.graph.data import Edge, Graph, GraphError, Node
from unpatch.graph.text import DEEPEST, to_text
from unpatch.processors import KINDS, PROCESSORS
from unpatch.storage.documents import DocumentError, parse_json, read_json, read_table, read_yaml, reading
from unpatch.storage.legible import escape, label, legible

ODD_NAME = "a\x1b[31m\u202eb\x00\n$x_{<&\ud800\udcff"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"{", "not JSON: Expecting property name"),
        (b"RIFF\xac\x00\xff", "not JSON"),
        (b"[" * 100_000, "not JSON: nested too deeply"),
        (b"1" * 5_000, "not JSON: Exceeds the limit"),
        (b"[NaN]", "not JSON: NaN is not a number"),
        (b'{"a": 1, "b": 2, "a": 3}', "field 'a' is written twice in one object"),
    ],
)
def test_a_broken_json_file_is_named_in_one_line(content: bytes, message: str, tmp_path: Path) -> None:
    path = tmp_path / "data.json"
    path.write_bytes(content)
    with pytest.raises(DocumentError, match=message) as refused:
        read_json(path)
    assert str(refused.value).startswith(f"{path}: ")
    assert "\n" not in str(refused.value)
    with pytest.raises(GraphError):
        read_json(path, GraphError)


def test_json_is_read_in_every_encoding_that_it_may_have() -> None:
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-32"):
        assert parse_json('{"ä": [1, -0.0, "😀"]}'.encode(encoding)) == {"ä": [1, 0.0, "😀"]}


def test_yaml_is_text_as_it_stands(tmp_path: Path) -> None:
    path = tmp_path / "data.yaml"
    path.write_text("808: [no, 1e3, 0x10, 2020-01-01]\nempty:\n'quoted: key': {a: ~}\n", encoding="utf-8")
    assert read_yaml(path) == {
        "808": ["no", "1e3", "0x10", "2020-01-01"],
        "empty": None,
        "quoted: key": {"a": None},
    }


def test_a_file_of_a_gigabyte_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.yaml"
    with path.open("wb") as file:
        file.truncate(2**30)
    with pytest.raises(DocumentError, match="is larger than 1 MiB"):
        read_yaml(path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"file\n", "has no column kit"),
        (b"file\tkit\na\n", "line 2 has too few columns"),
        (b"file\tkit\n\xff\tb\n", "can't decode byte 0xff"),
        (b"", "has no column file, kit"),
        (b"file\tkit\n" + b"x" * 200_000 + b"\ta\n", "field larger than field limit"),
    ],
)
def test_a_broken_table_is_named_in_one_line(content: bytes, message: str, tmp_path: Path) -> None:
    path = tmp_path / "index.tsv"
    path.write_bytes(content)
    with pytest.raises(DocumentError, match=message) as refused:
        read_table(path, ("file", "kit"))
    assert str(refused.value).startswith(f"{path}: ")


def test_a_table_is_read_with_a_mark_of_its_encoding(tmp_path: Path) -> None:
    path = tmp_path / "index.tsv"
    path.write_text('file\tkit\n"a\tb\n', encoding="utf-8-sig")
    assert read_table(path, ("file", "kit")) == [(2, {"file": '"a', "kit": "b"})]


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        (KeyError("scales"), "lacks 'scales'"),
        (TypeError("list indices\nmust be"), "damaged (list indices)"),
        (RecursionError("maximum"), "nested too deeply"),
        (FileNotFoundError(2, "No such file or directory"), "No such file or directory"),
        (EOFError(), "damaged (EOFError)"),
    ],
)
def test_whatever_parsing_raises_becomes_one_line(fault: Exception, message: str) -> None:
    with pytest.raises(GraphError) as refused, reading(Path("x.tar"), GraphError, "; remove it"):
        raise fault
    assert str(refused.value) == f"x.tar: {message}; remove it"


def test_text_of_unknown_origin_is_made_visible() -> None:
    assert legible("Gitarre ä 😀 \u0301") == "Gitarre ä 😀 \u0301"
    assert legible("a\x1b[31m\u202e\u2028\x85\x00") == r"a\x1b[31m\u202e\u2028\x85\x00"
    assert legible("\ud800 \udcff") == r"\ud800 \xff"
    assert escape("<\x00>\n") == "&lt;\\x00&gt;\n"
    assert len(label("x" * 1000)) == 80


def named(name: str) -> Graph:
    graph = chain(PROCESSORS, "bell")
    return Graph(
        (graph.nodes[0], Node("bell", graph.nodes[1].parameters, name=name), graph.nodes[2]), graph.edges
    )


def test_pictures_of_any_name_are_well_formed() -> None:
    picture = draw(named(ODD_NAME))
    svg = picture.svg()
    minidom.parseString(svg.encode())
    assert r"\x1b[31m\u202eb\x00\n$x_{&lt;&amp;\ud800\xff" in svg
    assert picture.png().startswith(b"\x89PNG")


def test_terminals_get_no_control_characters(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "odd\x1b[31m.json"
    path.write_text(named(ODD_NAME).to_json())
    shown = printed(capsys, "show", path)
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    assert len(shown.splitlines()) == 3
    printed(capsys, "draw", path, "-o", tmp_path / "\x07.svg")
    with pytest.raises(SystemExit) as ended:
        main(["show", str(tmp_path / "gone\x1b[31m\udcff.json")])
    assert ended.value.code == 2
    assert r"gone\x1b[31m\xff.json: No such file" in capsys.readouterr().err


def nested(depth: int) -> Graph:
    """Crossovers within the low bands of crossovers."""
    nodes, edges = [Node("in")], list[Edge]()
    last, outlet = 0, "out"
    for _ in range(depth):
        nodes.append(Node("crossover", version=KINDS["crossover"].version))
        edges.append(Edge(last, len(nodes) - 1, outlet))
        last, outlet = len(nodes) - 1, "low"
    for split in range(depth, 0, -1):
        nodes.append(Node("mix", version=KINDS["mix"].version))
        edges += [Edge(last, len(nodes) - 1, outlet), Edge(split, len(nodes) - 1, "high")]
        last, outlet = len(nodes) - 1, "out"
    return Graph((*nodes, Node("out")), (*edges, Edge(last, len(nodes))))


def test_a_thousand_nested_crossovers_are_valid_and_refused_where_they_cannot_be_shown() -> None:
    graph = check(nested(1000), KINDS)
    with pytest.raises(GraphError, match="nested more than 64 deep, too deep to be shown as text"):
        to_text(graph, KINDS)
    assert str(graph).startswith("Graph(")
    with pytest.raises(GraphError, match="wires of the picture pass 999000 columns"):
        draw(graph)
    assert "crossover" in to_text(check(nested(DEEPEST - 1), KINDS), KINDS)


def test_graphs_beyond_any_use_are_refused_at_once() -> None:
    nodes = (Node("in"), *(Node("bell") for _ in range(MOST_NODES)), Node("out"))
    with pytest.raises(GraphError, match="graph has 10002 nodes, at most 10000 are supported"):
        check(Graph(nodes, ()), KINDS)
    with pytest.raises(GraphError, match="edges, at most 40000 are supported"):
        check(Graph((Node("in"), Node("out")), (Edge(0, 1),) * 100_000), KINDS)


def test_a_chain_as_long_as_is_allowed_can_be_shown() -> None:
    graph = chain(PROCESSORS, *["bell"] * 3000)
    assert len(to_text(graph, KINDS).splitlines()) == 3002


def test_a_strip_of_thousands_of_processors_can_be_drawn() -> None:
    """A console is a tree: its rows are found without recursion."""
    nodes = [
        Node("in", name="a"),
        Node("in", name="b"),
        *(Node("bell", version=KINDS["bell"].version) for _ in range(2000)),
    ]
    edges = [Edge(0, 2), *(Edge(i, i + 1) for i in range(2, 2001)), Edge(1, 2002), Edge(2001, 2002)]
    graph = Graph((*nodes, Node("mix"), Node("out")), (*edges, Edge(2002, 2003)))
    assert len(draw(graph).layout.boxes) == 2004


def test_a_picture_of_too_many_pixels_is_refused(tmp_path: Path) -> None:
    picture = draw(chain(PROCESSORS, *["bell"] * 300))
    with pytest.raises(ValueError, match=r"picture has \d+ x \d+ pixels; .png holds at most 100 million"):
        picture.png(100.0)


def test_messages_about_bottomless_data_are_short_and_quick() -> None:
    many: object = "x"
    for _ in range(40):
        many = [many] * 10
    text = json.dumps({"schema": "unpatch.graph", "schema_version": 1, "nodes": {}, "edges": 10**4000})
    with pytest.raises(GraphError) as refused:
        Graph.from_dict(many)
    assert len(str(refused.value)) < 100
    with pytest.raises(GraphError, match="nodes must be a list"):
        Graph.from_json(text)


def test_a_graph_with_an_edge_from_nowhere_is_printed_as_the_data_it_is() -> None:
    nodes = (Node("in"), Node("bell"), Node("out"))
    assert str(Graph(nodes, (Edge(0, 1), Edge(-2, 2)))).startswith("Graph(")
