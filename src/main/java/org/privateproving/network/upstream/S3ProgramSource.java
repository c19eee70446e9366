package org.privateproving.network.upstream;

import java.io.IOException;
import java.util.Optional;
import org.apache.pekko.stream.ActorAttributes;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.util.ByteString;
import org.jspecify.annotations.Nullable;
import org.privateproving.network.ProgramUnavailable;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProviderChain;
import software.amazon.awssdk.auth.credentials.ContainerCredentialsProvider;
import software.amazon.awssdk.auth.credentials.EnvironmentVariableCredentialsProvider;
import software.amazon.awssdk.auth.credentials.ProfileCredentialsProvider;
import software.amazon.awssdk.auth.credentials.SystemPropertyCredentialsProvider;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkServiceException;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/**
 * Programs in S3 buckets, asked for anonymously unless the environment has credentials. Its calls
 * block, on a dispatcher of their own.
 */
final class S3ProgramSource implements ProgramSource<ProgramUri.S3> {
  static final String DISPATCHER = "private-proving.network.programs-dispatcher";

  private static final int PIECE = 64 << 10;

  private final ProgramSettings settings;
  // Made when it is first needed: it takes a while, and many networks use https alone.
  private @Nullable S3Client client;
  private boolean closed;

  S3ProgramSource(ProgramSettings settings) {
    this.settings = settings;
  }

  @Override
  public Source<ByteString, ?> open(ProgramUri.S3 uri) {
    return Source.unfoldResource(() -> new Transfer(uri), Transfer::next, Transfer::close)
        .withAttributes(ActorAttributes.dispatcher(DISPATCHER));
  }

  private ResponseInputStream<GetObjectResponse> get(ProgramUri.S3 uri) {
    try {
      return client().getObject(get -> get.bucket(uri.bucket()).key(uri.key()));
    } catch (SdkServiceException e) {
      throw failure(e.statusCode(), uri);
    }
  }

  private static RuntimeException failure(int status, ProgramUri.S3 uri) {
    return switch (status) {
      case 301, 307 ->
          new ProgramUnavailable(
              "the bucket of the program at "
                  + uri
                  + " is in another region than private-proving.network.programs.s3-region says"
                  + " (HTTP status "
                  + status
                  + ")");
      default -> HttpStatus.failure(status, uri);
    };
  }

  /** An object on its way. Confined to the stream that pulls it, which asks when it first pulls. */
  private final class Transfer {
    private final ProgramUri.S3 uri;
    private final byte[] buffer = new byte[PIECE];
    private @Nullable ResponseInputStream<GetObjectResponse> object;

    Transfer(ProgramUri.S3 uri) {
      this.uri = uri;
    }

    Optional<ByteString> next() throws IOException {
      if (object == null) {
        object = get(uri);
        @Nullable Long size = object.response().contentLength();
        if (size != null && size > settings.maxSize()) {
          throw uri.tooLarge(settings.maxSize());
        }
      }
      // Fails when the connection is cut before the declared size is there.
      int count = object.read(buffer);
      return count < 0 ? Optional.empty() : Optional.of(ByteString.fromArray(buffer, 0, count));
    }

    // Closing would read the rest first.
    void close() {
      if (object != null) {
        object.abort();
      }
    }
  }

  private synchronized S3Client client() {
    if (closed) {
      throw new IllegalStateException("closed");
    }
    if (client == null) {
      client = newClient();
    }
    return client;
  }

  private S3Client newClient() {
    S3ClientBuilder builder =
        S3Client.builder()
            .region(Region.of(settings.s3Region()))
            .credentialsProvider(credentials())
            // The whole download is tried again, not the call alone.
            .overrideConfiguration(c -> c.retryStrategy(DefaultRetryStrategy.doNotRetry()))
            // A program is checked against its vk hash by whoever proves it.
            .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
            .httpClientBuilder(
                UrlConnectionHttpClient.builder()
                    .connectionTimeout(settings.connectTimeout())
                    .socketTimeout(settings.idleTimeout()));
    settings.s3Endpoint().ifPresent(url -> builder.endpointOverride(url).forcePathStyle(true));
    return builder.build();
  }

  /**
   * Those of the SDK's default chain, but not the metadata service of the machine's host: in a TEE
   * the host is not to be trusted, and where it is silent each program would wait for it.
   */
  private static AwsCredentialsProvider credentials() {
    return AwsCredentialsProviderChain.builder()
        .credentialsProviders(
            SystemPropertyCredentialsProvider.create(),
            EnvironmentVariableCredentialsProvider.create(),
            ProfileCredentialsProvider.create(),
            ContainerCredentialsProvider.builder().build(),
            AnonymousCredentialsProvider.create())
        // Else a file that could not be read once would leave us anonymous for good.
        .reuseLastProviderEnabled(false)
        .build();
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (client != null) {
      client.close();
    }
  }
}
