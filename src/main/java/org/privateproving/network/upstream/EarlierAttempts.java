package org.privateproving.network.upstream;

import com.google.protobuf.ByteString;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.privateproving.domain.Address;
import org.privateproving.domain.RequestId;
import org.privateproving.network.EthereumSignature;
import org.privateproving.network.NetworkRequest;
import org.privateproving.network.upstream.AdmissionTable.Key;

/**
 * Whether the network has a request of ours whose answer got lost: by the ids that it must have,
 * then in its list of what the requester asked for. The list is for a network that makes ids in
 * another way, and does not help with one that keeps to itself where a private input lies.
 */
final class EarlierAttempts {
  private final NetworkClient network;

  EarlierAttempts(NetworkClient network) {
    this.network = network;
  }

  /** The id of the request that {@code signer} makes with exactly these bytes. */
  static RequestId idOf(Address signer, ByteString body) {
    return RequestId.of(
        EthereumSignature.keccak256(
            ByteString.copyFrom(signer.bytes()).concat(body).toByteArray()));
  }

  /**
   * @param ids of attempts, in the order in which they are looked for
   */
  CompletionStage<Optional<NetworkRequest>> find(Key key, List<RequestId> ids) {
    if (ids.isEmpty()) {
      return network.find(key.requester(), key.stdinUri());
    }
    return network
        .details(ids.getFirst())
        .thenCompose(
            found ->
                found.filter(request -> request.requester().equals(key.requester())).isPresent()
                    ? CompletableFuture.completedStage(found)
                    : find(key, ids.subList(1, ids.size())));
  }
}
