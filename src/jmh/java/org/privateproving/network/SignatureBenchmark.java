package org.privateproving.network;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.privateproving.domain.Address;

/** What the server does for each signed call, and a client for it. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class SignatureBenchmark {
  /** About as long as a RequestProof. */
  private final byte[] message = filled(200, 5);

  private final byte[] key = filled(32, 1);
  private final byte[] signature = sign();

  private static byte[] filled(int length, int filler) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) filler);
    return bytes;
  }

  @Benchmark
  public Address recover() {
    return EthereumSignature.signer(message, signature);
  }

  @Benchmark
  public byte[] sign() {
    return EthereumSignature.sign(EthereumSignature.personalDigest(message), key);
  }
}
