"""The class of each system."""

from collections.abc import Callable, Mapping

from unpatch.models.direct import Direct
from unpatch.models.estimator import Decodes, Estimator, ModelSettings
from unpatch.models.node_by_node import NodeByNode
from unpatch.models.token_by_token import SingleStage, TokenByToken
from unpatch.vocabulary import Vocabulary

DECODES: Mapping[Decodes, Callable[[ModelSettings, Vocabulary], Estimator]] = {
    "two_stage": TokenByToken,
    "single_stage": SingleStage,
    "node_by_node": NodeByNode,
    "direct": Direct,
}


def build(settings: ModelSettings, vocabulary: Vocabulary) -> Estimator:
    """An untrained model."""
    return DECODES[settings.decodes](settings, vocabulary)
