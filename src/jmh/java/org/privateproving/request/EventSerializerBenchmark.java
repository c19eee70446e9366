package org.privateproving.request;

import java.io.NotSerializableException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** The largest event of a request, to the journal and back. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class EventSerializerBenchmark {
  private final EventSerializer serializer = new EventSerializer();
  private final Event accepted =
      new Event.Accepted(SampleRequests.order(), SampleRequests.NOW);
  private final String manifest = serializer.manifest(accepted);
  private final byte[] bytes = serializer.toBinary(accepted);

  @Benchmark
  public byte[] write() {
    return serializer.toBinary(accepted);
  }

  @Benchmark
  public Object read() throws NotSerializableException {
    return serializer.fromBinary(bytes, manifest);
  }
}
