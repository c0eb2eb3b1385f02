"""Which packages share a layer."""

from doorstart.images.groups import by_size, by_use

SIZES = {"large": 100, **{f"small{number}": 10 for number in range(20)}}


def test_a_large_package_has_a_layer_of_its_own() -> None:
    assert ("large",) in by_size(SIZES, large=50, shared=40)


def test_every_package_is_in_one_group() -> None:
    assert sorted(name for group in by_size(SIZES, large=50, shared=40) for name in group) == sorted(SIZES)


def test_one_more_small_package_changes_one_group() -> None:
    before, after = by_size(SIZES, 50, 40), by_size({**SIZES, "another": 1}, 50, 40)
    assert len(set(after) - set(before)) == 1


def test_a_group_that_two_images_need_is_the_same_in_both_and_no_image_has_more_than_it_needs() -> None:
    uses = {"kernel": ["large", "small1"], "learner": ["large", "small1", "small2"], "hub": ["small2", "small3"]}
    grouped = by_use(uses, SIZES, 50, 40)
    assert set(grouped["kernel"]) <= set(grouped["learner"])
    for image, groups in grouped.items():
        assert sorted(name for group in groups for name in group) == sorted(uses[image])
