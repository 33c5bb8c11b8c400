"""A bundled network in two parts."""

from dataclasses import replace

import numpy as np
import pytest

from core.embedding.backbones.efficientnet_lite import VARIANTS, build
from core.embedding.choice import BETTER_BACKBONE
from core.fine_tuning.split_network import BATCH, MapMaker, SplitNetwork

SMALL = 64


def pixels(count):
    return np.random.default_rng(0).integers(0, 256, (count, SMALL, SMALL, 3), dtype=np.uint8)


@pytest.mark.parametrize("name", VARIANTS)
def test_trunk_and_tail_together_are_the_network(name):
    network = SplitNetwork(VARIANTS[name], SMALL)
    images = pixels(2).astype(np.float32)
    maps = network.trunk()(images)
    assert maps.shape[1:] == network.map_shape
    whole = build(replace(VARIANTS[name], input_size=SMALL))(images)["embedding"]
    np.testing.assert_allclose(network.tail()(maps), whole, atol=1e-3)


def test_a_map_does_not_depend_on_what_is_computed_with_it():
    maker = MapMaker(SplitNetwork(VARIANTS["efficientnet_lite0"], SMALL))
    images = pixels(BATCH + 3)
    together = maker.maps(images)
    assert together.shape[:2] == (BATCH + 3, 2)
    np.testing.assert_array_equal(together[-3:], maker.maps(images[-3:]))
    np.testing.assert_array_equal(together[-3:, 1], maker.maps(images[-3:, :, ::-1])[:, 0])


def test_another_network_gives_way_to_the_better_bundled_one():
    assert SplitNetwork.of("efficientnet_lite0").variant.name == "efficientnet_lite0"
    assert SplitNetwork.of("hub:dinov2").variant.name == BETTER_BACKBONE
