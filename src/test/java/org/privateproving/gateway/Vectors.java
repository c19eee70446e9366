package org.privateproving.gateway;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import java.util.Arrays;
import org.privateproving.wire.network.FulfillmentStrategy;
import org.privateproving.wire.network.ProofMode;
import org.privateproving.wire.network.RequestProofRequestBody;

/** RequestProof bodies as the three SDK releases encode them, and the same built from fields. */
public final class Vectors {
  static final String STDIN_URI = "https://gw.example/artifacts/a1";

  public static final String BASE =
      "08071220aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa1a0a7370312d76362e312e3020042801321f68747470733a2f2f67772e6578616d706c652f6172746966616374732f61313880e6fe890740ffffffffffffffffff0148ffffffffffffffffff01";
  public static final String BASE_SIGNATURE =
      "0bd65c4cb45bd68c6c571d037d3b325851d1bfc3e4ade1678d7886bb45af6a7d434386b1de790356527fdf03d7bb6d51e817ebeea2e69d0f511c582583b383fa1b";
  static final String BASE_PRIVATE =
      "08071220aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa1a0a7370312d76362e312e3020022802321f68747470733a2f2f67772e6578616d706c652f6172746966616374732f61313880e6fe890740e80748d00f6001";
  static final String AUCTION =
      "08071220aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa1a0a7370312d76352e302e3020022803321f68747470733a2f2f67772e6578616d706c652f6172746966616374732f61313880e6fe890740e80748d00f50016220dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd6a140101010101010101010101010101010101010101721402020202020202020202020202020202020202027a14030303030303030303030303030303030303030382012004040404040404040404040404040404040404040404040404040404040404048a01013092010130a201140505050505050505050505050505050505050505";

  // The SDK's own: the unit tests of network/utils.rs in sp1-sdk 6.10.0.
  private static final String SDK_START =
      "08960112201111111111111111111111111111111111111111111111111111111111111111"
          + "1a0a7370312d76362e312e3020022802320b737464696e732f746573743880a4a7da0640a08d0648c09a0c501e"
          + "5a1422222222222222222222222222222222222222225a143333333333333333333333333333333333333333";
  static final String SDK_BASE = SDK_START + "6001";
  static final String SDK_AUCTION =
      SDK_START
          + "62204444444444444444444444444444444444444444444444444444444444444444"
          + "6a14555555555555555555555555555555555555555572146666666666666666666666666666666666666666"
          + "7a1477777777777777777777777777777777777777778201208888888888888888888888888888888888888888888888888888888888888888"
          + "8a0103313233920103343536980101a201149999999999999999999999999999999999999999a80101";

  private Vectors() {}

  private static RequestProofRequestBody.Builder sdk() {
    return RequestProofRequestBody.newBuilder()
        .setNonce(150)
        .setVkHash(bytes(0x11, 32))
        .setVersion("sp1-v6.1.0")
        .setMode(ProofMode.COMPRESSED)
        .setStrategy(FulfillmentStrategy.RESERVED)
        .setStdinUri("stdins/test")
        .setDeadline(1_800_000_000)
        .setCycleLimit(100_000)
        .setGasLimit(200_000)
        .setMinAuctionPeriod(30)
        .addWhitelist(bytes(0x22, 20))
        .addWhitelist(bytes(0x33, 20));
  }

  static RequestProofRequestBody sdkBase() {
    return sdk().setUnknownFields(stdinPrivate(1)).build();
  }

  static RequestProofRequestBody sdkAuction() {
    return sdk()
        .setDomain(bytes(0x44, 32))
        .setAuctioneer(bytes(0x55, 20))
        .setExecutor(bytes(0x66, 20))
        .setVerifier(bytes(0x77, 20))
        .setPublicValuesHash(bytes(0x88, 32))
        .setBaseFee("123")
        .setMaxPricePerPgu("456")
        .setVariant(1)
        .setTreasury(bytes(0x99, 20))
        .setStdinPrivate(true)
        .build();
  }

  static RequestProofRequestBody.Builder common() {
    return RequestProofRequestBody.newBuilder()
        .setNonce(7)
        .setVkHash(bytes(0xaa, 32))
        .setVersion("sp1-v6.1.0")
        .setStdinUri(STDIN_URI)
        .setDeadline(1_900_000_000);
  }

  static RequestProofRequestBody base() {
    return common()
        .setMode(ProofMode.GROTH16)
        .setStrategy(FulfillmentStrategy.HOSTED)
        .setCycleLimit(-1)
        .setGasLimit(-1)
        .build();
  }

  static RequestProofRequestBody basePrivate() {
    return common()
        .setMode(ProofMode.COMPRESSED)
        .setStrategy(FulfillmentStrategy.RESERVED)
        .setCycleLimit(1000)
        .setGasLimit(2000)
        .setUnknownFields(stdinPrivate(1))
        .build();
  }

  static UnknownFieldSet stdinPrivate(long value) {
    return UnknownFieldSet.newBuilder()
        .addField(12, UnknownFieldSet.Field.newBuilder().addVarint(value).build())
        .build();
  }

  static RequestProofRequestBody auction() {
    return common()
        .setVersion("sp1-v5.0.0")
        .setMode(ProofMode.COMPRESSED)
        .setStrategy(FulfillmentStrategy.AUCTION)
        .setCycleLimit(1000)
        .setGasLimit(2000)
        .setMinAuctionPeriod(1)
        .setDomain(bytes(0xdd, 32))
        .setAuctioneer(bytes(1, 20))
        .setExecutor(bytes(2, 20))
        .setVerifier(bytes(3, 20))
        .setPublicValuesHash(bytes(4, 32))
        .setBaseFee("0")
        .setMaxPricePerPgu("0")
        .setTreasury(bytes(5, 20))
        .build();
  }

  static ByteString bytes(int value, int count) {
    byte[] bytes = new byte[count];
    Arrays.fill(bytes, (byte) value);
    return ByteString.copyFrom(bytes);
  }
}
