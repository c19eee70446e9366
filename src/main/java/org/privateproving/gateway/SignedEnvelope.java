package org.privateproving.gateway;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import java.util.Optional;
import java.util.function.ToLongFunction;
import org.privateproving.domain.Address;
import org.privateproving.domain.Refusal;
import org.privateproving.network.EthereumSignature;
import org.privateproving.network.ProverNetwork.Authorization;
import org.privateproving.network.ProverNetwork.Signed;
import org.privateproving.wire.network.MessageFormat;
import org.privateproving.wire.network.SignedRequest;

/**
 * A signed message, opened: its signer is known, and its body was read from exactly the bytes that
 * were signed.
 */
record SignedEnvelope<T>(SignedRequest envelope, Address signer, T body) {

  /**
   * @throws Refusal UNAUTHENTICATED, NOT_ALLOWED or INVALID
   */
  static <T extends MessageLite> SignedEnvelope<T> open(
      SignedRequest envelope, Requesters requesters, Parser<T> parser) {
    // Checked first: the signature over a JSON rendering would only yield some random address.
    if (envelope.getFormat() != MessageFormat.BINARY) {
      throw new Refusal(
          Refusal.Reason.INVALID,
          "format: " + envelope.getFormatValue() + " (expected: 1, BINARY); JSON is not offered");
    }
    Address signer =
        EthereumSignature.signer(
            envelope.getBody().toByteArray(), envelope.getSignature().toByteArray());
    requesters.require(signer);
    try {
      return new SignedEnvelope<>(envelope, signer, parser.parseFrom(envelope.getBody()));
    } catch (InvalidProtocolBufferException e) {
      throw new Refusal(Refusal.Reason.INVALID, "body: not the encoding of this call's message");
    }
  }

  Signed signed(ToLongFunction<T> nonce, Optional<Authorization> authorization) {
    return new Signed(envelope, signer, nonce.applyAsLong(body), authorization);
  }
}
