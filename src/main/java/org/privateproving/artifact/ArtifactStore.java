package org.privateproving.artifact;

import java.security.SecureRandom;
import java.time.Clock;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.NotUsed;
import org.apache.pekko.stream.Materializer;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.util.ByteString;
import org.privateproving.database.Database;
import org.privateproving.domain.Address;
import org.privateproving.domain.Refusal;

/**
 * Keeps artifacts. Every method returns at once; blocking work runs on the store's own threads.
 * Stages fail with {@link Refusal} for what a client did wrong or may try again, and with anything
 * else for a defect or a lost database.
 */
public interface ArtifactStore {

  /** The store in {@code database}, whose schema is up to date. */
  static ArtifactStore inPostgres(
      Database database,
      ClusterKey key,
      ArtifactSettings settings,
      Clock clock,
      SecureRandom random,
      Materializer materializer) {
    return new PostgresArtifactStore(database, key, settings, clock, random, materializer);
  }

  /**
   * Opens an upload of a program or a stdin for {@code owner}. The grant's capability is good for
   * repeated uploads until the artifact is claimed or the upload expires. Refused with TRY_AGAIN
   * when the owner has too many uploads open or the store is full.
   */
  CompletionStage<UploadGrant> open(Address owner, ArtifactKind kind);

  /**
   * Takes an upload. The body is always consumed to its end or cancelled by its own failure, also
   * when the upload is refused, so that an HTTP answer can be sent. An upload that breaks off
   * leaves no trace; a repeated one replaces what was there before, in one step.
   *
   * @param capability as the grant gave it
   * @param declaredSize the Content-Length, if there was one
   */
  CompletionStage<UploadOutcome> upload(
      ArtifactId id, String capability, OptionalLong declaredSize, Source<ByteString, ?> body);

  /** Of an erased artifact there is still a while to find, with {@code complete} being false. */
  CompletionStage<Optional<ArtifactInfo>> find(ArtifactId id);

  /**
   * The first plain bytes of a complete artifact, at most {@code count} (and at most one chunk).
   */
  CompletionStage<ByteString> head(ArtifactId id, int count);

  /**
   * Marks a complete artifact as used by {@code user}, for ever. Claiming again for the same user
   * is fine. Refused (FAILED_PRECONDITION or NOT_ALLOWED, with a sentence) when it is unknown, not
   * uploaded, of another kind, of another owner, or claimed by another user.
   */
  CompletionStage<ArtifactInfo> claim(ArtifactId id, Address owner, ArtifactKind kind, String user);

  /**
   * The plain bytes, decrypted chunk by chunk as they are asked for; each is authentic before it is
   * given out, and the source completes only if none is missing. It fails with a NOT_FOUND refusal
   * when the artifact is unknown, not complete or erased, with {@link DamagedArtifactException}
   * when what is stored does not open, and with anything else when the database does.
   */
  Source<ByteString, NotUsed> read(ArtifactId id);

  /**
   * Stores a proof under a new id, already claimed by {@code user}. Nothing of it is visible until
   * the stage completes.
   *
   * <p>Its space is always granted, whatever the configured total: it is worth more than an upload.
   *
   * @param limit the most bytes it may have; more fails the stage
   */
  Sink<ByteString, CompletionStage<ArtifactInfo>> storeProof(
      Address owner, String user, long limit);

  /**
   * Stores a program that was fetched from elsewhere, under an id that the caller chose. It is
   * complete and claimed by {@code user} in one step; until then there is only an empty artifact,
   * which no upload fits and which is kept like any claimed one.
   *
   * <p>What is complete already stays: the bytes are cancelled and the stage holds what is there.
   * Of several at once, also on several servers, the first to end counts and all stages hold it.
   * What breaks off leaves no bytes and may be stored again. The stage fails with a
   * FAILED_PRECONDITION or NOT_ALLOWED refusal when the id was erased or is another kind's, owner's
   * or user's, and with TRY_AGAIN when the store is full.
   *
   * @param user as {@link #claim} takes it
   * @param limit the most bytes it may have; more fails the stage
   */
  Sink<ByteString, CompletionStage<ArtifactInfo>> storeProgram(
      ArtifactId id, Address owner, String user, long limit);

  /** The path part of the URL under which whoever knows it can fetch the proof. A capability. */
  String proofPath(ArtifactId id);

  /** The proof's bytes if {@code capability} is right; empty if not, or if it is gone. */
  CompletionStage<Optional<Download>> openProof(ArtifactId id, String capability);

  /** Destroys the data key and deletes the bytes. Erasing what is gone already is fine. */
  CompletionStage<Void> erase(ArtifactId id);

  /**
   * @param size of {@code bytes}, for the Content-Length
   */
  record Download(long size, Source<ByteString, NotUsed> bytes) {}

  /**
   * @param capability what the upload URL must carry; never logged
   */
  record UploadGrant(ArtifactId id, String capability) {
    @Override
    public String toString() {
      return "UploadGrant[" + id + "]";
    }
  }

  /** How an upload ended. The HTTP edge maps it to a status. */
  sealed interface UploadOutcome {
    record Stored(long size) implements UploadOutcome {}

    /** No such upload, expired, or the capability is wrong: the three are not told apart. */
    record Unknown() implements UploadOutcome {}

    /** The artifact is in use: it can't change any more. */
    record AlreadyClaimed() implements UploadOutcome {}

    record TooLarge(long limit) implements UploadOutcome {}

    /** The declared size and the body differ, or the body broke off. */
    record Incomplete(String message) implements UploadOutcome {}

    /** The store is full, by its configured total. */
    record NoSpace(String message) implements UploadOutcome {}

    /** As many uploads as we take at once are under way; the client should come again. */
    record Busy() implements UploadOutcome {}
  }
}
