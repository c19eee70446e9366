package org.privateproving.network;

import java.lang.reflect.Proxy;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.pekko.util.ByteString;
import org.privateproving.artifact.ArtifactId;
import org.privateproving.artifact.ArtifactStore;

/** Remembers which artifacts the ledger had erased; each of the others opens. */
final class ErasedArtifacts {
  private final Set<ArtifactId> erased = ConcurrentHashMap.newKeySet();

  Set<ArtifactId> erased() {
    return erased;
  }

  ArtifactStore store() {
    return (ArtifactStore)
        Proxy.newProxyInstance(
            ArtifactStore.class.getClassLoader(),
            new Class<?>[] {ArtifactStore.class},
            (_, method, arguments) -> {
              return switch (method.getName()) {
                case "erase" -> {
                  erased.add((ArtifactId) arguments[0]);
                  yield CompletableFuture.completedFuture(null);
                }
                case "head" -> CompletableFuture.completedFuture(ByteString.emptyByteString());
                default -> throw new UnsupportedOperationException(method.getName());
              };
            });
  }
}
