"""Writes a language model with random weights as a GGUF file: it knows bytes and means nothing, but it is served."""

import struct

import numpy as np

WIDTH, HIDDEN, CONTEXT = 32, 64, 32768
TOKENS = ["<unk>", "<s>", "</s>", *(f"<0x{byte:02X}>" for byte in range(256))]
TYPES = [2, 3, 3, *[6] * 256]  # unknown, control, control, bytes
TEMPLATE = "{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}assistant:"
U32, I32, F32, TEXT, LIST = 4, 5, 6, 8, 9


def text(value):
    return struct.pack("<Q", len(value.encode())) + value.encode()


def value(kind, given):
    return text(given) if kind == TEXT else struct.pack({U32: "<I", I32: "<i", F32: "<f"}[kind], given)


def field(key, kind, given):
    if isinstance(given, list):
        items = b"".join(value(kind, v) for v in given)
        return text(key) + struct.pack("<IIQ", LIST, kind, len(given)) + items
    return text(key) + struct.pack("<I", kind) + value(kind, given)


def write_tiny(path, seed=0):
    """One layer of Llama's kind, about 90 KB."""
    fields = [
        field("general.architecture", TEXT, "llama"),
        field("llama.context_length", U32, CONTEXT),
        field("llama.embedding_length", U32, WIDTH),
        field("llama.block_count", U32, 1),
        field("llama.feed_forward_length", U32, HIDDEN),
        field("llama.attention.head_count", U32, 2),
        field("llama.attention.layer_norm_rms_epsilon", F32, 1e-5),
        field("tokenizer.ggml.model", TEXT, "llama"),
        field("tokenizer.ggml.tokens", TEXT, TOKENS),
        field("tokenizer.ggml.scores", F32, [0.0] * len(TOKENS)),
        field("tokenizer.ggml.token_type", I32, TYPES),
        field("tokenizer.ggml.bos_token_id", U32, 1),
        field("tokenizer.ggml.eos_token_id", U32, 2),
        field("tokenizer.chat_template", TEXT, TEMPLATE),
    ]
    layer = {"attn_norm": (WIDTH,), "ffn_norm": (WIDTH,), "ffn_gate": (HIDDEN, WIDTH), "ffn_up": (HIDDEN, WIDTH)}
    layer |= {"ffn_down": (WIDTH, HIDDEN), **{f"attn_{n}": (WIDTH, WIDTH) for n in ("q", "k", "v", "output")}}
    shapes = {"token_embd.weight": (len(TOKENS), WIDTH), "output_norm.weight": (WIDTH,)}
    shapes |= {f"blk.0.{name}.weight": shape for name, shape in layer.items()}
    rng, infos, data = np.random.default_rng(seed), b"", b""
    for name, shape in shapes.items():
        weights = np.ones(shape) if name.endswith("norm.weight") else rng.normal(0, 0.5, shape)
        infos += text(name) + struct.pack("<I", len(shape))
        infos += struct.pack(f"<{len(shape)}Q", *shape[::-1]) + struct.pack("<IQ", 0, len(data))
        data += weights.astype("<f4").tobytes()
        data += bytes(-len(data) % 32)
    head = b"GGUF" + struct.pack("<IQQ", 3, len(shapes), len(fields)) + b"".join(fields) + infos
    path.write_bytes(head + bytes(-len(head) % 32) + data)
    return path
