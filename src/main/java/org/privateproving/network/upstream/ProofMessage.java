package org.privateproving.network.upstream;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.apache.pekko.util.ByteString;
import org.privateproving.domain.RequestId;
import org.privateproving.network.EthereumSignature;
import org.privateproving.wire.network.FulfillProofRequestBodyHead;
import org.privateproving.wire.network.FulfillProofRequestBodyTail;
import org.privateproving.wire.network.MessageFormat;
import org.privateproving.wire.network.SignedRequest;
import org.privateproving.wire.network.TransactionVariant;

/**
 * FulfillProof around a proof that is not in memory: what goes before its bytes and what after.
 * Pure; a proof may have hundreds of megabytes.
 *
 * @param head of the body: everything up to the proof's first byte
 * @param proofSize in bytes
 * @param tail of the body
 */
record ProofMessage(byte[] head, long proofSize, byte[] tail) {
  private static final int PROOF = 3;
  private static final int BODY = SignedRequest.BODY_FIELD_NUMBER;
  private static final int FRAME_HEADER = 5;
  // A frame's length has four bytes, and both protobuf and most readers stop at 2 GiB.
  private static final long MAX_MESSAGE = Integer.MAX_VALUE;

  /**
   * @param nonce unsigned 64 bits
   * @param domain of the auction schema; empty in the base schema
   */
  static ProofMessage of(long nonce, RequestId id, long proofSize, Optional<byte[]> domain) {
    byte[] fields =
        FulfillProofRequestBodyHead.newBuilder()
            .setNonce(nonce)
            .setRequestId(com.google.protobuf.ByteString.copyFrom(id.bytes()))
            .build()
            .toByteArray();
    byte[] tail =
        domain
            .map(
                bytes ->
                    FulfillProofRequestBodyTail.newBuilder()
                        .setDomain(com.google.protobuf.ByteString.copyFrom(bytes))
                        .setVariant(TransactionVariant.FULFILL_VARIANT)
                        .build()
                        .toByteArray())
            .orElse(new byte[0]);
    return new ProofMessage(concat(fields, announced(PROOF, proofSize)), proofSize, tail);
  }

  /** Size of the body, which is what is signed. */
  long bodySize() {
    return head.length + proofSize + tail.length;
  }

  /**
   * The gRPC frame up to the proof's first byte.
   *
   * @throws IllegalArgumentException if the message is too large for any gRPC server
   */
  ByteString start(byte[] signature) {
    byte[] envelope =
        concat(
            SignedRequest.newBuilder()
                .setFormat(MessageFormat.BINARY)
                .setSignature(com.google.protobuf.ByteString.copyFrom(signature))
                .build()
                .toByteArray(),
            announced(BODY, bodySize()));
    long size = envelope.length + bodySize();
    if (size > MAX_MESSAGE) {
      throw new IllegalArgumentException(size + " bytes (expected: at most " + MAX_MESSAGE + ")");
    }
    ByteBuffer frame = ByteBuffer.allocate(FRAME_HEADER).put((byte) 0).putInt((int) size);
    return ByteString.fromArrayUnsafe(concat(concat(frame.array(), envelope), head));
  }

  /** Size of the frame with everything in it. */
  long frameSize() {
    return start(new byte[EthereumSignature.BYTES]).size() + proofSize + tail.length;
  }

  /** Tag and length of a field whose bytes follow. */
  private static byte[] announced(int field, long size) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    try {
      out.writeTag(field, WireFormat.WIRETYPE_LENGTH_DELIMITED);
      out.writeUInt64NoTag(size);
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static byte[] concat(byte[] first, byte[] second) {
    return ByteBuffer.allocate(first.length + second.length).put(first).put(second).array();
  }
}
