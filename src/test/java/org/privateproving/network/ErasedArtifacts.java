package org.privateproving.network;

import java.lang.reflect.Proxy;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.privateproving.artifact.ArtifactId;
import org.privateproving.artifact.ArtifactStore;

/** Remembers which artifacts the ledger had erased; the ledger asks a store for nothing else. */
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
              if (!method.getName().equals("erase")) {
                throw new UnsupportedOperationException(method.getName());
              }
              erased.add((ArtifactId) arguments[0]);
              return CompletableFuture.completedFuture(null);
            });
  }
}
