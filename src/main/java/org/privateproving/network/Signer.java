package org.privateproving.network;

import java.util.concurrent.CompletionStage;
import org.privateproving.domain.Address;

/**
 * Signs as one Ethereum address. The key may lie in this process or in a key management service, so
 * an answer may take a while; what is signed is a digest, since messages may be large.
 */
public interface Signer {
  Address address();

  /**
   * @param digest 32 bytes, of an EIP-191 personal message
   * @return 65 bytes: r, the low s, and v, which is 27 or 28. Fails if the key cannot be used now
   */
  CompletionStage<byte[]> sign(byte[] digest);
}
