from pathlib import Path

import pytest

from exoactor.bench.imagine import chain, furnished_room
from exoactor.imagine.procedural import ProceduralVideoModel
from exoactor.imagine.prompt import video_prompt
from exoactor.types import ImaginedVideo, ImagineRequest, StageError


def request_for(kind: str, seed: int) -> ImagineRequest:
    scene, observation = furnished_room(seed)
    actions = chain(kind, scene, seed)
    return ImagineRequest(scene, observation, actions, video_prompt(scene, actions), seed)


def imagined(kind: str, first_seed: int, out: Path) -> tuple[ImagineRequest, ImaginedVideo]:
    """The first room from the seed on in which the chain can be seen."""
    for seed in range(first_seed, first_seed + 60):
        try:
            request = request_for(kind, seed)
            return request, ProceduralVideoModel().imagine(request, out)
        except StageError:
            continue
    raise AssertionError(f"no room for {kind}")


@pytest.fixture(scope="session")
def walk(tmp_path_factory: pytest.TempPathFactory) -> tuple[ImagineRequest, ImaginedVideo]:
    return imagined("walk", 314, tmp_path_factory.mktemp("clips") / "walk.mp4")


@pytest.fixture(scope="session")
def stand(tmp_path_factory: pytest.TempPathFactory) -> tuple[ImagineRequest, ImaginedVideo]:
    return imagined("stand", 746, tmp_path_factory.mktemp("clips") / "stand.mp4")
