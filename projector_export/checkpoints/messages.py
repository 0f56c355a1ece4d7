"""The messages of a checkpoint's index, and the checksum that protects everything in it."""

from __future__ import annotations

from typing import Any

import google_crc32c
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory, text_format
from tensorboard.compat.proto import tensor_shape_pb2, types_pb2, versions_pb2

# TensorBoard brings TensorFlow's messages except these two; other fields would be of slices.
_BUNDLE_PROTO = f"""
name: "projector_export/tensor_bundle.proto"
package: "projector_export"
syntax: "proto3"
dependency: ["{tensor_shape_pb2.DESCRIPTOR.name}", "{versions_pb2.DESCRIPTOR.name}"]
message_type {{
  name: "BundleHeader"
  field {{ name: "num_shards" number: 1 type: TYPE_INT32 label: LABEL_OPTIONAL }}
  field {{ name: "endianness" number: 2 type: TYPE_INT32 label: LABEL_OPTIONAL }}
  field {{ name: "version" number: 3 type: TYPE_MESSAGE label: LABEL_OPTIONAL
          type_name: ".{versions_pb2.VersionDef.DESCRIPTOR.full_name}" }}
}}
message_type {{
  name: "BundleEntry"
  field {{ name: "dtype" number: 1 type: TYPE_INT32 label: LABEL_OPTIONAL }}
  field {{ name: "shape" number: 2 type: TYPE_MESSAGE label: LABEL_OPTIONAL
          type_name: ".{tensor_shape_pb2.TensorShapeProto.DESCRIPTOR.full_name}" }}
  field {{ name: "shard_id" number: 3 type: TYPE_INT32 label: LABEL_OPTIONAL }}
  field {{ name: "offset" number: 4 type: TYPE_INT64 label: LABEL_OPTIONAL }}
  field {{ name: "size" number: 5 type: TYPE_INT64 label: LABEL_OPTIONAL }}
  field {{ name: "crc32c" number: 6 type: TYPE_FIXED32 label: LABEL_OPTIONAL }}
  field {{ name: "slices" number: 7 type: TYPE_BYTES label: LABEL_REPEATED }}
}}
"""


def _message_class(name: str) -> Any:
    pool = descriptor_pool.Default()
    return message_factory.GetMessageClass(pool.FindMessageTypeByName(f"projector_export.{name}"))


descriptor_pool.Default().AddSerializedFile(
    text_format.Parse(_BUNDLE_PROTO, descriptor_pb2.FileDescriptorProto()).SerializeToString()
)
BundleHeader = _message_class("BundleHeader")
BundleEntry = _message_class("BundleEntry")

HEADER_KEY = b""
FLOAT32, STRING = types_pb2.DT_FLOAT, types_pb2.DT_STRING


def crc32c(content: bytes, after: int = 0) -> int:
    """Return the checksum of `content`, or of what had the checksum `after` and then `content`."""
    return int(google_crc32c.extend(after, content))


def masked(checksum: int) -> int:
    """Return a checksum as files contain it.

    Index blocks contain checksums and have one, and CRCs of bytes that contain CRCs tell little.
    """
    return (((checksum >> 15) | (checksum << 17)) + 0xA282EAD8) & 0xFFFFFFFF
