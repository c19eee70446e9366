package org.privateproving.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;
import org.assertj.core.api.AbstractStringAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.privateproving.database.DatabaseSettings;
import org.privateproving.database.TestPostgres;
import org.privateproving.gateway.Signer;

/**
 * One server that all tests of bad input share, two requesters that it knows, one that it does not,
 * and a program that works.
 */
final class AttackedServer implements AutoCloseable {
  static final int MAX_UPLOAD = 256 * 1024;

  final DatabaseSettings database = TestPostgres.freshDatabase();
  final Guest fibonacci;
  final WireClient client;
  final WireClient other;
  final WireClient outsider;
  private final ProvingProcess process;
  private final Path data;

  private AttackedServer() throws IOException, InterruptedException {
    data = Files.createTempDirectory("attacked-");
    fibonacci = Guest.of("fibonacci");
    process =
        ProvingProcess.in(data)
            .database(database)
            .set("artifacts.max-size=" + MAX_UPLOAD)
            .set(
                "gateway.allowed-requesters=" + Signer.ONE.address() + "," + Signer.THREE.address())
            .start();
    client = new WireClient(process.url(), Signer.ONE);
    other = new WireClient(process.url(), Signer.THREE);
    outsider = new WireClient(process.url(), Signer.of(5));
    client.register(fibonacci);
  }

  /** Gives tests the server by a parameter; it is started when the first one asks. */
  static final class Provider implements ParameterResolver {
    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
      return parameter.getParameter().getType() == AttackedServer.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
      return context
          .getRoot()
          .getStore(Namespace.GLOBAL)
          .getOrComputeIfAbsent(AttackedServer.class, _ -> start(), AttackedServer.class);
    }

    private static AttackedServer start() {
      try {
        return new AttackedServer();
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
    }
  }

  /** A stdin of the program that works, uploaded by the client. */
  String stdin() throws IOException, InterruptedException {
    return client.uploadStdin(Encodings.zstd(Encodings.stdin(Encodings.u32(10))));
  }

  ByteString someVkHash(int filler) {
    byte[] bytes = new byte[32];
    java.util.Arrays.fill(bytes, (byte) filler);
    return ByteString.copyFrom(bytes);
  }

  /** The call is refused with this code and leaves nothing behind; yields the sentence. */
  AbstractStringAssert<?> refuses(Status.Code code, ThrowingCallable call) {
    Footprint before = Footprint.settled(database);
    AbstractStringAssert<?> sentence = sentence(code, call);
    assertThat(Footprint.of(database)).isEqualTo(before);
    return sentence;
  }

  /** The same for a call that may have used its nonce up before it was refused. */
  AbstractStringAssert<?> refusesLate(Status.Code code, ThrowingCallable call) {
    Footprint before = Footprint.settled(database).withoutNonces();
    AbstractStringAssert<?> sentence = sentence(code, call);
    assertThat(Footprint.of(database).withoutNonces()).isEqualTo(before);
    return sentence;
  }

  /** The call is refused with this code, now or soon. */
  AbstractStringAssert<?> eventually(Status.Code code, ThrowingCallable call) {
    await().untilAsserted(() -> sentence(code, call));
    return sentence(code, call);
  }

  /** What a failed request leaves of programs and inputs is nothing, now or soon. */
  void eventuallyInputsAre(Footprint before) {
    await()
        .untilAsserted(
            () -> assertThat(Footprint.of(database).ofInputs()).isEqualTo(before.ofInputs()));
  }

  private static AbstractStringAssert<?> sentence(Status.Code code, ThrowingCallable call) {
    Throwable thrown = catchThrowable(call);
    assertThat(thrown).isInstanceOf(StatusRuntimeException.class);
    Status status = ((StatusRuntimeException) thrown).getStatus();
    assertThat(status.getCode()).as(status.toString()).isEqualTo(code);
    return assertThat(status.getDescription());
  }

  @Override
  public void close() throws IOException {
    client.close();
    other.close();
    outsider.close();
    process.close();
    try (Stream<Path> files = Files.walk(data)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
