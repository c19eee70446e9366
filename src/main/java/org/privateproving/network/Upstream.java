package org.privateproving.network;

import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.privateproving.domain.Address;
import org.privateproving.domain.VkHash;

/** A prover network that others run: what is not about requests is passed through to it. */
public interface Upstream extends ProverNetwork {

  /**
   * Paths of the methods that are passed through, as in {@code /network.ProverNetwork/GetNonce}.
   */
  List<String> passedThrough();

  /** Whether a client's {@code authorization} header goes along. */
  boolean takesAuthorization();

  /**
   * Calls with the message as it is, and yields the answer as it is. The stage fails with a {@link
   * NetworkRefusal} when the network answered with a status of its own or the connection broke.
   *
   * @param authorization the header of that name; null: none is sent
   */
  CompletionStage<byte[]> passThrough(String path, byte[] message, @Nullable String authorization);

  /** Where the program is kept here, or will be once a request of its needs it. */
  CompletionStage<Program> program(VkHash vkHash, String programUri, Address requester);
}
