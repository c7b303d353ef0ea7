"""The free SMPL-X-format body shared by imagining, estimating and retargeting."""

from exoactor.body.body import BODY_TO_WORLD, JOINT_NAMES, LABELS, PARENTS, Body, fk, load_body, smplx_model_dir

__all__ = ["BODY_TO_WORLD", "JOINT_NAMES", "LABELS", "PARENTS", "Body", "fk", "load_body", "smplx_model_dir"]
