package org.privateproving.bench;

import java.net.URI;
import java.net.http.HttpClient;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The simulated clients of one bench, each with a fresh key. */
final class Clients implements AutoCloseable {
  private static final int KEY_BYTES = 32;
  private static final Duration FIRST_LOOK = Duration.ofSeconds(3);

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final List<SdkSignatures> keys = new ArrayList<>();
  private final List<SimulatedClient> clients = new ArrayList<>();
  private final List<URI> urls;

  /**
   * @param urls client n speaks to number n modulo their count
   */
  Clients(int count, List<URI> urls) {
    this.urls = urls;
    SecureRandom random = new SecureRandom();
    for (int i = 0; i < count; i++) {
      byte[] key = new byte[KEY_BYTES];
      random.nextBytes(key);
      // Far below the order of the curve, and not 0 in this universe.
      key[0] &= 0x7f;
      keys.add(new SdkSignatures(key));
    }
  }

  /** Connects them anew; what they see goes to these measurements. */
  void measureWith(Measurements measurements) {
    connect(measurements, Patience.SDK_BUDGET);
  }

  /** Connects them anew for a first look, with hardly any patience. */
  void connect() {
    connect(new Measurements(System::nanoTime, Duration.ZERO, Duration.ZERO), FIRST_LOOK);
  }

  private void connect(Measurements measurements, Duration budget) {
    clients.forEach(SimulatedClient::close);
    clients.clear();
    for (int i = 0; i < keys.size(); i++) {
      clients.add(
          new SimulatedClient(urls.get(i % urls.size()), http, keys.get(i), measurements, budget));
    }
  }

  int count() {
    return keys.size();
  }

  /** The clients take turns. */
  SimulatedClient of(long number) {
    return clients.get((int) (number % clients.size()));
  }

  @Override
  public void close() {
    clients.forEach(SimulatedClient::close);
    http.shutdownNow();
  }
}
