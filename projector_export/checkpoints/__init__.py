"""TensorFlow's checkpoints, written and read without TensorFlow, whose import takes seconds.

A checkpoint of version 2, a "tensor bundle", is a file of raw numbers and an index. The index is a
sorted table as in LevelDB, of one message per tensor. Source: tensor_bundle.{h,proto} and
lib/io/format.cc, TensorFlow 2.21.0; the tests compare each byte with what TensorFlow writes.
"""
