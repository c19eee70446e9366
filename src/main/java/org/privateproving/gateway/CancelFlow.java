package org.privateproving.gateway;

import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.privateproving.domain.Refusal;
import org.privateproving.domain.Refusal.Reason;
import org.privateproving.domain.RequestId;
import org.privateproving.network.ProverNetwork;
import org.privateproving.network.ProverNetwork.Authorization;
import org.privateproving.request.Requests;
import org.privateproving.wire.network.CancelRequestRequestBody;
import org.privateproving.wire.network.CancelRequestResponse;
import org.privateproving.wire.network.Empty;
import org.privateproving.wire.network.SignedRequest;

/**
 * CancelRequest: the requester gives a request up. The network hears it first, since it uses up the
 * nonce; if this server dies in between, the SDK's repeat, with a new nonce, completes it.
 */
final class CancelFlow {
  private final Requesters requesters;
  private final ProverNetwork network;
  private final Requests requests;

  CancelFlow(Requesters requesters, ProverNetwork network, Requests requests) {
    this.requesters = requesters;
    this.network = network;
    this.requests = requests;
  }

  CompletionStage<CancelRequestResponse> cancel(
      SignedRequest envelope, Optional<Authorization> authorization) {
    var opened = SignedEnvelope.open(envelope, requesters, CancelRequestRequestBody.parser());
    RequestId id = Bytes.read("request_id", opened.body().getRequestId(), RequestId::of);
    return requests
        .find(id)
        .thenCompose(
            found -> {
              var requester = RequestService.known(id, found).facts().order().requester();
              if (!requester.equals(opened.signer())) {
                throw new Refusal(
                    Reason.NOT_ALLOWED, "request " + id + " was made by another address");
              }
              return network.cancel(
                  opened.signed(CancelRequestRequestBody::getNonce, authorization), id);
            })
        .thenCompose(
            receipt ->
                requests
                    .cancel(id, opened.signer())
                    .thenApply(
                        _ ->
                            CancelRequestResponse.newBuilder()
                                .setTxHash(Bytes.of(receipt.txHash()))
                                .setBody(Empty.getDefaultInstance())
                                .build()));
  }
}
