import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.embedding.layers import LayerRequest, MapShape, found_by_shape

RESIDUAL = [
    MapShape("stem", 112, 112, 32),
    MapShape("a_conv", 56, 56, 24),
    MapShape("a_add", 56, 56, 24, True),
    MapShape("pad", 57, 57, 24),
    MapShape("b_expand", 28, 28, 96),
    MapShape("b_add", 28, 28, 40, True),
    MapShape("c_expand", 28, 28, 240),
    MapShape("d_add", 7, 7, 192, True),
    MapShape("e_project", 7, 7, 320),
    MapShape("head", 7, 7, 1280),
]


def test_layers_are_the_ends_of_blocks_before_each_reduction_and_before_the_head():
    assert found_by_shape(RESIDUAL, 1280) == ["e_project", "d_add", "b_add"]


def test_a_network_without_branches_counts_by_its_last_outputs():
    plain = [
        MapShape(f"conv{n}", side, side, 8 * n) for n, side in enumerate((64, 32, 16, 8, 8), 1)
    ]
    assert found_by_shape(plain, 40) == ["conv4", "conv3", "conv2"]


def test_a_padded_map_is_of_the_size_that_it_pads():
    # Or the padding would be the last output of a size of its own.
    assert "pad" not in found_by_shape(RESIDUAL[:-4], 1280)


@pytest.mark.parametrize(
    "maps", [[], [MapShape("conv", 30, 30, 8)], [MapShape("mean", 1, 1, 1280)]]
)
def test_a_network_that_never_reduces_its_map_has_no_layers(maps):
    assert found_by_shape(maps, 8) == []


@given(
    st.lists(
        st.builds(
            MapShape,
            st.uuids().map(str),
            st.integers(1, 64),
            st.integers(1, 64),
            st.integers(1, 32),
            st.booleans(),
        ),
        max_size=12,
    )
)
def test_found_layers_are_few_different_and_no_vectors(maps):
    found = found_by_shape(maps, 8)
    by_name = {one.name: one for one in maps}
    assert len(found) == len(set(found)) <= 3
    assert all(by_name[name].height * by_name[name].width > 1 for name in found)


@pytest.mark.parametrize(
    ("layer", "request_"),
    [
        (None, LayerRequest(None, ())),
        ("embedding", LayerRequest(None, ())),
        ("several", LayerRequest(None, None)),
        ("conv4", LayerRequest("conv4", ())),
        ("conv4, conv3", LayerRequest("conv4", ("conv3",))),
        ("embedding,conv3", LayerRequest(None, ("conv3",))),
    ],
)
def test_layers_are_read_from_an_option(layer, request_):
    assert LayerRequest.of(layer) == request_
