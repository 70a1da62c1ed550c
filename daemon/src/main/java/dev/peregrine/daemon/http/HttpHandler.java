/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.daemon.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Answers one connection's requests. */
@SuppressWarnings("FutureReturnValueIgnored") // Netty closes a channel that cannot be written
final class HttpHandler extends SimpleChannelInboundHandler<FullHttpRequest> {
    private static final String TEXT = "text/plain; charset=utf-8";
    private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";
    private static final String JSON = "application/json";
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final Supplier<String> metrics;
    private final Supplier<List<String>> problems;

    HttpHandler(final Supplier<String> metrics, final Supplier<List<String>> problems) {
        this.metrics = metrics;
        this.problems = problems;
    }

    @Override
    protected void channelRead0(final ChannelHandlerContext context, final FullHttpRequest request) {
        if (!request.decoderResult().isSuccess()) {
            answer(context, request, refusal(request.decoderResult().cause()), TEXT, "this request cannot be read\n");
            return;
        }
        if (!HttpMethod.GET.equals(request.method()) && !HttpMethod.HEAD.equals(request.method())) {
            answer(context, request, HttpResponseStatus.METHOD_NOT_ALLOWED, TEXT, "only GET and HEAD\n");
            return;
        }
        try {
            page(context, request);
        } catch (final RuntimeException | JsonProcessingException e) { // e.g. the engine is being closed
            answer(context, request, HttpResponseStatus.INTERNAL_SERVER_ERROR, TEXT, e.getMessage() + "\n");
        }
    }

    private static HttpResponseStatus refusal(final Throwable cause) {
        if (cause instanceof TooLongHttpLineException) {
            return HttpResponseStatus.REQUEST_URI_TOO_LONG;
        }
        return cause instanceof TooLongHttpHeaderException
            ? HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE : HttpResponseStatus.BAD_REQUEST;
    }

    private void page(final ChannelHandlerContext context, final FullHttpRequest request)
        throws JsonProcessingException {
        final int query = request.uri().indexOf('?');
        switch (query < 0 ? request.uri() : request.uri().substring(0, query)) {
            case "/metrics":
                answer(context, request, HttpResponseStatus.OK, PROMETHEUS, metrics.get());
                break;
            case "/healthz":
                health(context, request);
                break;
            case "/":
                answer(context, request, HttpResponseStatus.OK, TEXT, "peregrine\n/metrics\n/healthz\n");
                break;
            default:
                answer(context, request, HttpResponseStatus.NOT_FOUND, TEXT, "nothing here; see /\n");
                break;
        }
    }

    private void health(final ChannelHandlerContext context, final FullHttpRequest request)
        throws JsonProcessingException {
        final List<String> found = problems.get();
        final Map<String, Object> document = new LinkedHashMap<>();
        document.put("status", found.isEmpty() ? "ok" : "failing");
        if (!found.isEmpty()) {
            document.put("problems", found);
        }
        answer(context, request, found.isEmpty() ? HttpResponseStatus.OK : HttpResponseStatus.SERVICE_UNAVAILABLE,
            JSON, MAPPER.writeValueAsString(document) + "\n");
    }

    private static void answer(
        final ChannelHandlerContext context, final FullHttpRequest request, final HttpResponseStatus status,
        final String type, final String body) {
        final byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        final ByteBuf content =
            HttpMethod.HEAD.equals(request.method()) ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(bytes);
        final FullHttpResponse response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, content);
        response.headers().set(HttpHeaderNames.CONTENT_TYPE, type)
            .setInt(HttpHeaderNames.CONTENT_LENGTH, bytes.length)
            .set(HttpHeaderNames.CACHE_CONTROL, "no-store");
        if (status.equals(HttpResponseStatus.METHOD_NOT_ALLOWED)) {
            response.headers().set(HttpHeaderNames.ALLOW, "GET, HEAD");
        }
        final boolean keepAlive = HttpUtil.isKeepAlive(request) && request.decoderResult().isSuccess();
        HttpUtil.setKeepAlive(response, keepAlive);
        final ChannelFuture written = context.writeAndFlush(response);
        if (!keepAlive) {
            written.addListener(ChannelFutureListener.CLOSE);
        }
    }

    @Override
    public void exceptionCaught(final ChannelHandlerContext context, final Throwable cause) {
        context.channel().close(); // a broken, idle or hostile client; nothing of ours is wrong
    }
}
