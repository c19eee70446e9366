package org.privateproving.network;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.privateproving.artifact.ArtifactId;
import org.privateproving.artifact.ArtifactStore;
import org.privateproving.artifact.DamagedArtifactException;
import org.privateproving.database.Database;
import org.privateproving.domain.Refusal;
import org.privateproving.domain.RootCause;
import org.privateproving.domain.VkHash;
import org.privateproving.network.ProverNetwork.Program;

/** Programs that are known here, and their bytes in the artifact store. Thread-safe. */
public final class StoredPrograms {
  private final Database database;
  private final ArtifactStore artifacts;
  private final ProgramTable table = new ProgramTable();

  public StoredPrograms(Database database, ArtifactStore artifacts) {
    this.database = database;
    this.artifacts = artifacts;
  }

  /**
   * One whose bytes do not open, as after the loss of the cluster's key, is withdrawn and not
   * found, so that it can come anew. One whose bytes are not here yet is found.
   */
  public CompletionStage<Optional<Program>> find(VkHash vkHash) {
    return database
        .transact(connection -> table.find(connection, vkHash))
        .thenCompose(
            found ->
                found.isEmpty()
                    ? CompletableFuture.completedStage(found)
                    : isDamaged(found.get().artifact())
                        .thenCompose(
                            damaged ->
                                damaged
                                    ? withdraw(vkHash, found.get().artifact())
                                        .thenApply(_ -> Optional.empty())
                                    : CompletableFuture.completedStage(found)));
  }

  /** As {@link ProverNetwork#withdraw}. */
  public CompletionStage<Void> withdraw(VkHash vkHash, ArtifactId program) {
    return database
        .<Boolean>transact(connection -> table.delete(connection, vkHash, program))
        .thenCompose(_ -> artifacts.erase(program));
  }

  private CompletionStage<Boolean> isDamaged(ArtifactId program) {
    return artifacts
        .head(program, 1)
        .thenApply(_ -> false)
        .exceptionallyCompose(
            failure ->
                switch (RootCause.of(failure)) {
                  case DamagedArtifactException _ -> CompletableFuture.completedStage(true);
                  case Refusal refusal when refusal.reason() == Refusal.Reason.NOT_FOUND ->
                      CompletableFuture.completedStage(false);
                  case Throwable other -> CompletableFuture.failedStage(other);
                });
  }
}
