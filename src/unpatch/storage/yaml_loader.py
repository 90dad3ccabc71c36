"""YAML without its surprises: no types but text, lists and mappings; no references, tags or repeated keys."""

import re
from typing import Any

import yaml

_NULL, _TEXT = "tag:yaml.org,2002:null", "tag:yaml.org,2002:str"


class _Composer(yaml.SafeLoader):
    """Takes every value for text, except an empty one, and refuses references."""

    yaml_implicit_resolvers = {  # noqa: RUF012 (PyYAML's interface)
        first: [(_NULL, re.compile("(?:~|null|Null|NULL|)$"))] for first in ("~", "n", "N", "")
    }

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            event = self.peek_event()  # type: ignore[no-untyped-call]
            raise _error(f"references such as *{event.anchor} are not supported", event)
        return super().compose_node(parent, index)


def load_plain(text: str) -> Any:
    """The one document in ``text``; raises yaml.YAMLError for what is not plain."""
    node = _Composer(text).get_single_node()
    return None if node is None else _plain(node)


def _plain(node: yaml.Node) -> Any:
    match node:
        case yaml.ScalarNode(tag=tag, value=value) if tag in (_TEXT, _NULL):
            return value if tag == _TEXT else None
        case yaml.SequenceNode(tag="tag:yaml.org,2002:seq", value=nodes):
            return [_plain(one) for one in nodes]
        case yaml.MappingNode(tag="tag:yaml.org,2002:map", value=pairs):
            return _mapping(pairs)
    raise _error(f"tag {node.tag[:40]!r} is not supported", node)


def _mapping(pairs: list[tuple[yaml.Node, yaml.Node]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key_node, value_node in pairs:
        key = key_node.value
        if not isinstance(key, str):
            raise _error("a key must be text", key_node)
        if key in found:
            raise _error(f"key {key[:40]!r} is written twice in one mapping", key_node)
        found[key] = _plain(value_node)
    return found


def _error(problem: str, where: Any) -> yaml.MarkedYAMLError:
    return yaml.MarkedYAMLError(problem=problem, problem_mark=where.start_mark)
