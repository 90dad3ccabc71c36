"""The class of each system."""

from collections.abc import Callable, Mapping

from unpatch.blind.models.direct import Direct
from unpatch.blind.models.estimator import Decodes, Estimator, ModelSettings
from unpatch.blind.models.node_by_node import NodeByNode
from unpatch.blind.models.token_by_token import SingleStage, TokenByToken
from unpatch.blind.vocabulary import Vocabulary

DECODES: Mapping[Decodes, Callable[[ModelSettings, Vocabulary], Estimator]] = {
    "two_stage": TokenByToken,
    "single_stage": SingleStage,
    "node_by_node": NodeByNode,
    "direct": Direct,
}


def build(settings: ModelSettings, vocabulary: Vocabulary) -> Estimator:
    """An untrained model."""
    return DECODES[settings.decodes](settings, vocabulary)
